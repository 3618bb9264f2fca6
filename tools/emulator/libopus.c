// libopus on the emulated core: makes packets of a sound and counts what that and decoding takes.
//
// The core has no arguments, so the file "case.txt" of the folder that it starts in says what:
//
//   SOUND PACKETS RATE_HZ MODE BANDWIDTH BITRATE COMPLEXITY VBR DECODE_RATE_HZ ...
//
// SOUND holds 16-bit mono samples; PACKETS gets two bytes of length before each packet of 20 ms.
// MODE and BANDWIDTH are libopus' own numbers. Prints a figure a line: "= NAME VALUE".
// MIT License; see LICENSE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "opus.h"
#include "opus_private.h"

// Before these, what is made on first use is made, and pages of a decoder's memory fill.
#define UNCOUNTED (5)
#define MAX_FRAMES (1000)
#define MAX_BYTES (1276)

struct settings {
    char sound[64], packets[64];
    int rate, mode, bandwidth, bitrate, complexity, vbr;
};

static unsigned char packets[MAX_FRAMES][MAX_BYTES];
static int sizes[MAX_FRAMES];
static int16_t pcm[960];

// Right as long as a call takes less than 2**32 instructions.
static uint32_t retired(void) {
    uint32_t count;
    __asm volatile ("csrr %0, minstret" : "=r" (count));
    return count;
}

static void fail(const char *what) {
    printf("failed: %s\n", what);
    exit(1);
}

static void report(const char *name, int rate, uint64_t total, int frames, uint32_t most) {
    int counted = frames - UNCOUNTED;
    printf("= %s_%d %lu\n", name, rate, (unsigned long)(total / counted));
    printf("= %s_%d_most %lu\n", name, rate, (unsigned long)most);
}

static OpusEncoder *make_encoder(const struct settings *with) {
    int error;
    int celt = with->mode == MODE_CELT_ONLY;
    OpusEncoder *encoder = opus_encoder_create(with->rate, 1,
        celt ? OPUS_APPLICATION_RESTRICTED_LOWDELAY : OPUS_APPLICATION_VOIP, &error);
    if (error < 0
        || (!celt && opus_encoder_ctl(encoder, OPUS_SET_FORCE_MODE(with->mode)) < 0)
        || opus_encoder_ctl(encoder, OPUS_SET_BANDWIDTH(with->bandwidth)) < 0
        || opus_encoder_ctl(encoder, OPUS_SET_BITRATE(with->bitrate)) < 0
        || opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(with->complexity)) < 0
        || opus_encoder_ctl(encoder, OPUS_SET_VBR(with->vbr)) < 0) {
        fail("opus_encoder_create");
    }
    return encoder;
}

static int encode(const struct settings *with) {
    int rate = with->rate;
    OpusEncoder *encoder = make_encoder(with);
    FILE *sound = fopen(with->sound, "rb");
    FILE *out = fopen(with->packets, "wb");
    if (!sound || !out) {
        fail("fopen");
    }
    uint64_t total = 0;
    uint32_t most = 0;
    int frames = 0;
    while (frames < MAX_FRAMES && fread(pcm, 2, rate / 50, sound) == (size_t)(rate / 50)) {
        uint32_t start = retired();
        int size = opus_encode(encoder, pcm, rate / 50, packets[frames], MAX_BYTES);
        uint32_t spent = retired() - start;
        if (size < 0) {
            fail("opus_encode");
        }
        if (frames >= UNCOUNTED) {
            total += spent;
            most = spent > most ? spent : most;
        }
        unsigned char head[2] = { size & 255, size >> 8 };
        fwrite(head, 1, 2, out);
        fwrite(packets[frames], 1, size, out);
        sizes[frames++] = size;
    }
    fclose(out);
    report("encode", rate, total, frames, most);
    return frames;
}

static void decode(int rate, int frames) {
    int error;
    OpusDecoder *decoder = opus_decoder_create(rate, 1, &error);
    uint64_t total = 0;
    uint32_t most = 0;
    for (int i = 0; i < frames; i++) {
        uint32_t start = retired();
        int count = opus_decode(decoder, packets[i], sizes[i], pcm, 960, 0);
        uint32_t spent = retired() - start;
        if (count != rate / 50) {
            fail("opus_decode");
        }
        if (i >= UNCOUNTED) {
            total += spent;
            most = spent > most ? spent : most;
        }
    }
    report("decode", rate, total, frames, most);
    opus_uint32 range;
    opus_decoder_ctl(decoder, OPUS_GET_FINAL_RANGE(&range));
    printf("= range_%d %lu\n", rate, (unsigned long)range);
}

int main(void) {
    struct settings with;
    FILE *file = fopen("case.txt", "r");
    if (!file || fscanf(file, "%63s %63s %d %d %d %d %d %d", with.sound, with.packets, &with.rate,
        &with.mode, &with.bandwidth, &with.bitrate, &with.complexity, &with.vbr) != 8) {
        fail("case.txt");
    }
    int frames = encode(&with);
    printf("= frames %d\n", frames - UNCOUNTED);
    printf("= encoder_bytes %d\n", opus_encoder_get_size(1));
    printf("= decoder_bytes %d\n", opus_decoder_get_size(1));
    int rate;
    while (fscanf(file, "%d", &rate) == 1) {
        decode(rate, frames);
    }
    return 0;
}
