"""The setup page: what it does."""
# MIT License; see LICENSE

TEXT = b"""'use strict';
const $ = (id) => document.getElementById(id);
const key = document.querySelector('meta[name=setup-key]').content;
const FIELDS = ['ssid', 'password', 'country', 'invite', 'server', 'room', 'token',
  'certificate_sha256', 'name'];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
let shown = {};

async function ask(method, path, body) {
  const headers = { 'X-Setup-Key': key };
  if (body) headers['Content-Type'] = 'application/json';
  const options = { method, headers, body: body && JSON.stringify(body) };
  if (AbortSignal.timeout) options.signal = AbortSignal.timeout(8000); // phones before 2022
  const answer = await fetch('/api/' + path, options);
  const found = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(found.error), { told: true });
  return found;
}

function why(error) {
  return error.told ? error.message
    : 'The board does not answer. Is this device still on its network?';
}

function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function bars(dbm) {
  const made = element('i', '', 'bars');
  const lit = dbm > -55 ? 4 : dbm > -65 ? 3 : dbm > -75 ? 2 : 1;
  for (let at = 0; at < 4; at++) made.append(element('i', '', at < lit ? 'on' : ''));
  return made;
}

function show(networks) {
  const rows = networks.map(({ ssid, dbm, locked }) => {
    const row = element('label');
    const pick = Object.assign(element('input'), { type: 'radio', name: 'pick', value: ssid });
    pick.setAttribute('aria-label', ssid + (locked ? ', with password' : ', open'));
    pick.addEventListener('change', () => {
      $('ssid').value = ssid;
      $('password').disabled = !locked;
      if (locked) $('password').focus();
    });
    const known = (shown.known || []).includes(ssid);
    row.append(pick, element('span', ssid));
    row.append(element('small', known ? 'known' : locked ? '' : 'open'), bars(dbm));
    return row;
  });
  $('networks').replaceChildren(...rows);
}

function fill(state) {
  shown = state;
  $('board').textContent = `${state.name}, ${state.board}`;
  $('wifi').hidden = !state.wifi;
  document.querySelectorAll('.place').forEach((place, at) => {
    place.textContent = at + (state.wifi ? 2 : 1);
  });
  for (const name of ['name', 'server', 'room', 'country']) $(name).value = state[name];
  // XX is the world's least common denominator: offer this device's own country instead.
  const region = new Intl.Locale(navigator.language).region;
  if (state.country === 'XX' && region && region.length === 2) $('country').value = region;
  $('auto_join').checked = state.auto_join;
  if (state.has_token) $('token').placeholder = 'There is one; leave empty to keep it';
  if (state.server && state.room) $('by-hand').open = true;
  $('ssid').value = state.known[0] || '';
  if (state.known.length) $('password').placeholder = 'Leave empty to keep the known one';
}

async function scan() {
  $('scan').disabled = true;
  $('scan-note').textContent = 'Looking, this takes two seconds';
  try {
    show((await ask('POST', 'networks')).networks);
    $('scan-note').textContent = '';
  } catch (error) {
    $('scan-note').textContent = why(error);
  }
  $('scan').disabled = false;
}

async function listen() {
  const on = $('listen').getAttribute('aria-pressed') !== 'true';
  $('listen').setAttribute('aria-pressed', on);
  let silent = 0;
  while ($('listen').getAttribute('aria-pressed') === 'true') {
    try {
      const level = Math.max(-60, (await ask('GET', 'level')).level_dbov);
      $('meter').firstChild.style.transform = `scaleX(${(level + 60) / 60})`;
      $('meter').setAttribute('aria-valuenow', level);
      silent = level <= -60 ? silent + 1 : 0;
      $('listen-note').textContent = silent > 20
        ? 'Nothing but silence: look at the wiring of the microphone.'
        : 'Speak: the bar must move.';
    } catch (error) {
      $('listen-note').textContent = why(error);
      $('listen').setAttribute('aria-pressed', 'false');
    }
    await pause(120);
  }
  $('meter').firstChild.style.transform = '';
}

async function tone() {
  $('tone').disabled = true;
  try {
    await ask('POST', 'tone');
    $('tone-note').textContent = 'Playing. Nothing to hear? Look at the wiring of the speaker.';
    await pause(1000);
  } catch (error) {
    $('tone-note').textContent = why(error);
  }
  $('tone').disabled = false;
}

async function save(event) {
  event.preventDefault();
  $('listen').setAttribute('aria-pressed', 'false');
  $('error').hidden = true;
  const given = { auto_join: $('auto_join').checked };
  for (const name of FIELDS) {
    const value = name === 'password' ? $(name).value : $(name).value.trim();
    const known = { name: 1, server: 1, room: 1, country: 1 }[name] && value === shown[name];
    // A link says server and room itself.
    const byLink = $('invite').value.trim() && (name === 'server' || name === 'room');
    if (value && !$(name).disabled && !known && !byLink) given[name] = value;
  }
  if (!$('ssid').value.trim()) delete given.password;
  if (given.country) given.country = given.country.toUpperCase();
  $('save').disabled = true;
  try {
    await ask('POST', 'save', given);
    await follow();
  } catch (error) {
    $('error').textContent = why(error);
    $('error').hidden = false;
    $('error').scrollIntoView({ block: 'center' });
  }
  $('save').disabled = false;
}

async function follow() {
  $('form').hidden = true;
  $('progress').hidden = false;
  $('back').hidden = true;
  $('progress').focus();
  let missed = 0;
  for (;;) {
    await pause(400);
    try {
      const state = await ask('GET', 'state');
      missed = 0;
      if (render(state)) return;
    } catch (error) {
      // While the board changes to the channel of its new network, its own one may vanish.
      if (++missed > 40 || error.told) throw (undo(), error);
    }
  }
}

function render({ steps, done, name }) {
  $('steps').replaceChildren(...steps.map((step) => {
    const row = element('li', '', step.state);
    row.append(element('span', step.text));
    if (step.why) row.append(element('p', step.why));
    return row;
  }));
  const failed = steps.some((step) => step.state === 'failed');
  $('headline').textContent = done ? `${name} is ready` : failed ? 'Not yet' : 'Trying it';
  $('closing').textContent = done ? 'You can close this page; the board ends its setup by itself.'
    : failed ? 'Everything you entered is kept on the board.' : '';
  $('back').hidden = !failed;
  return done || failed;
}

function undo() {
  $('progress').hidden = true;
  $('form').hidden = false;
}

$('scan').addEventListener('click', scan);
$('listen').addEventListener('click', listen);
$('tone').addEventListener('click', tone);
$('form').addEventListener('submit', save);
$('back').addEventListener('click', undo);
$('show').addEventListener('click', () => {
  const hidden = $('password').type === 'password';
  $('password').type = hidden ? 'text' : 'password';
  $('show').setAttribute('aria-pressed', hidden);
  $('show').textContent = hidden ? 'Hide' : 'Show';
});
(async () => {
  try {
    fill(await ask('GET', 'state'));
    if (shown.wifi) show((await ask('GET', 'networks')).networks);
  } catch (error) {
    $('error').textContent = why(error);
    $('error').hidden = false;
  }
})();
"""
