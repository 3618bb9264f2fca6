"""The setup page: its text. A module, so that it is deployed, frozen and updated like all else."""
# MIT License; see LICENSE

TEXT = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="setup-key" content="@KEY@">
<title>Set up your Roomtone board</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/setup.css">
</head>
<body>
<header>
  <svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="12"/>
    <path d="M11 16v8M16 12v16M21 9v22M26 14v12M31 17v6"/></svg>
  <div><h1>Set up your board</h1><p id="board">&nbsp;</p></div>
</header>
<main>
<form id="form" novalidate>
  <fieldset id="wifi">
    <legend><b>1</b> Wi-Fi</legend>
    <div id="networks" role="radiogroup" aria-label="Networks in reach"></div>
    <p class="row"><button type="button" class="soft" id="scan">Look again</button>
      <span class="note" id="scan-note" role="status"></span></p>
    <label for="ssid">Network</label>
    <input id="ssid" name="ssid" maxlength="32" autocomplete="off" autocapitalize="off"
      spellcheck="false" placeholder="Pick one above, or type its name">
    <label for="password">Password</label>
    <div class="with"><input id="password" name="password" type="password" maxlength="63"
      autocomplete="off"><button type="button" class="soft" id="show"
      aria-pressed="false">Show</button></div>
    <label for="country">Country of the radio</label>
    <input id="country" name="country" maxlength="2" size="4" autocapitalize="characters"
      autocomplete="off">
  </fieldset>
  <fieldset>
    <legend><b class="place">2</b> Room</legend>
    <label for="invite">Invite link</label>
    <textarea id="invite" name="invite" rows="3" autocomplete="off" autocapitalize="off"
      spellcheck="false" aria-describedby="invite-note"
      placeholder="https://192.168.1.10:8080/r/kitchen#token=..."></textarea>
    <p class="note" id="invite-note">Press <i>Invite</i> on the room's page, or scan its QR code,
      and paste the link here. It brings the server, the room and the token.</p>
    <details id="by-hand"><summary>Type server and room instead</summary>
      <label for="server">Server</label>
      <input id="server" name="server" inputmode="url" autocomplete="off" autocapitalize="off"
        maxlength="200" placeholder="https://192.168.1.10:8080">
      <label for="room">Room</label>
      <input id="room" name="room" autocomplete="off" autocapitalize="off" maxlength="64">
      <label for="token">Token</label>
      <input id="token" name="token" type="password" autocomplete="off" maxlength="2048">
      <label for="certificate_sha256">Pin of the server's certificate (SHA-256)</label>
      <input id="certificate_sha256" name="certificate_sha256" autocomplete="off"
        autocapitalize="off" maxlength="95">
    </details>
  </fieldset>
  <fieldset>
    <legend><b class="place">3</b> Name</legend>
    <label for="name">What others see</label>
    <input id="name" name="name" maxlength="64" autocomplete="off">
    <label class="check"><input type="checkbox" id="auto_join" name="auto_join">
      Join the room whenever the board gets power</label>
  </fieldset>
  <fieldset>
    <legend><b class="place">4</b> Sound</legend>
    <div class="row">
      <button type="button" class="soft" id="listen" aria-pressed="false">Test microphone</button>
      <div id="meter" role="meter" aria-label="Level of the microphone" aria-valuemin="-60"
        aria-valuemax="0" aria-valuenow="-60"><i></i></div></div>
    <p class="note" id="listen-note" role="status">Speak: the bar must move.</p>
    <div class="row"><button type="button" class="soft" id="tone">Play a tone</button>
      <span class="note" id="tone-note" role="status">Two notes, one after the other.</span></div>
  </fieldset>
  <p id="error" role="alert" hidden></p>
  <button type="submit" id="save">Save and try</button>
</form>
<section id="progress" aria-live="polite" hidden tabindex="-1">
  <h2 id="headline">Trying it</h2>
  <ol id="steps"></ol>
  <p class="note" id="closing"></p>
  <button type="button" class="soft" id="back" hidden>Change something</button>
</section>
</main>
<script src="/setup.js"></script>
</body>
</html>
"""
