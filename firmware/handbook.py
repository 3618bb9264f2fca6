"""What `help` prints."""
# MIT License; see LICENSE

TEXT = """\
In a call
  join                 join the room of the settings
  leave                leave it
  mute, unmute         pause and resume the microphone
  volume 70            loudness of the speaker, 0 to 200; without a number: show it
  say "text"           send a text to everyone in the room
  participants         who else is here
The board
  status               what it does: state, network, people, sound, memory
  settings             show them; settings("name", "Kitchen") sets one
  setup                open the setup page; setup("end") closes it
  provision({..})      set up from here: ssid, password, invite, server, room, token, name
  wifi                 networks in reach; wifi("home", "password") adds one
  tone, level          test the speaker, test the microphone
  update               look for a signed update on the server, and install it
  crashes              what went wrong; crashes("forget") empties the log
  restart, shutdown    start again; leave, and end the application
Any other line is Python; `await` works too, and `app` is the application."""
