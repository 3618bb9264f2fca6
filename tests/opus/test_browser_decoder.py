"""Chromium's own Opus decoder, by WebCodecs, takes every packet that our encoder makes."""
# MIT License; see LICENSE

import base64
from array import array

import pytest
import streams
from playwright.async_api import async_playwright
from roomtone_host import libopus
from roomtone_host.browser import find_chromium
from test_encoder import CASES, encode

# Samples of all packets, as 16 bits, or the complaint.
SCRIPT = """async ([packets, milliseconds]) => {
  const parts = [];
  let complaint = null;
  const decoder = new AudioDecoder({
    output: (sound) => {
      const samples = new Float32Array(sound.numberOfFrames);
      sound.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      parts.push(...samples);
      sound.close();
    },
    error: (error) => { complaint = String(error); },
  });
  decoder.configure({ codec: 'opus', sampleRate: 48000, numberOfChannels: 1 });
  packets.forEach((text, i) => decoder.decode(new EncodedAudioChunk({
    type: 'key',
    timestamp: 1000 * milliseconds * i,
    data: Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)),
  })));
  await decoder.flush();
  return complaint || parts.map((value) => Math.round(32767 * value));
}"""
SECONDS = 1


@pytest.fixture
async def page():
    """A page of a secure context: what a local file is."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox"]
        )
        opened = await browser.new_page()
        await opened.goto((streams.ROOT / "LICENSE").as_uri())
        yield opened
        await browser.close()


async def test_chromium_decodes_what_libopus_decodes(page, tmp_path):
    for name, (rate_hz, frame_ms, settings) in CASES.items():
        sound = streams.speech(rate_hz, SECONDS)
        frames = encode(streams.UNIX_64, sound, rate_hz, frame_ms, tmp_path, *settings)
        packets = [packet for _, packet in frames]
        texts = [base64.b64encode(packet).decode() for packet in packets]
        heard = await page.evaluate(SCRIPT, [texts, frame_ms])
        assert not isinstance(heard, str), f"{name}: {heard}"
        decoder = libopus.Decoder(48000)
        theirs = array("h")
        for packet in packets:
            theirs.extend(decoder.decode(packet, 48 * frame_ms))
        assert len(heard) == len(theirs), name
        assert streams.decibels(theirs, heard) > 60, name
