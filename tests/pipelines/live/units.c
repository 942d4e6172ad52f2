// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// LATM puts its bytes at any bit.
#include "tests/pipelines/live/units.h"

void
units_put_adts(GByteArray *unit, const guint8 *data, guint bytes)
{
    guint length = bytes + 7;
    const guint8 head[] = {
        0xFF,
        0xF1,
        0x4C,
        (guint8)(0x80 | length >> 11),
        (guint8)(length >> 3),
        (guint8)((length & 7) << 5 | 0x1F),
        0xFC,
    };
    g_byte_array_append(unit, head, sizeof head);
    g_byte_array_append(unit, data, bytes);
}

typedef struct {
    GByteArray *bytes; // (owned)
    guint bit;         // (value) of the last byte, the next to write
} Bits;

static void
put(Bits *bits, guint width, guint32 value)
{
    static const guint8 zero = 0;
    for (guint i = width; i > 0; i--) {
        if (bits->bit == 0)
            g_byte_array_append(bits->bytes, &zero, 1);
        if (value >> (i - 1) & 1)
            bits->bytes->data[bits->bytes->len - 1] |= (guint8)(0x80 >> bits->bit);
        bits->bit = (bits->bit + 1) % 8;
    }
}

/* StreamMuxConfig: one programme, one layer, the configuration of AAC-LC at 48 kHz in stereo. */
static void
put_config(Bits *bits)
{
    put(bits, 1, 0);   // useSameStreamMux
    put(bits, 1, 0);   // audioMuxVersion
    put(bits, 1, 1);   // allStreamsSameTimeFraming
    put(bits, 6, 0);   // numSubFrames
    put(bits, 4, 0);   // numProgram
    put(bits, 3, 0);   // numLayer
    put(bits, 5, 2);   // AAC-LC
    put(bits, 4, 3);   // 48 kHz
    put(bits, 4, 2);   // two channels
    put(bits, 3, 0);   // frames of 1024, no core coder, no extension
    put(bits, 3, 0);   // frameLengthType
    put(bits, 8, 255); // latmBufferFullness
    put(bits, 1, 0);   // otherDataPresent
    put(bits, 1, 0);   // crcCheckPresent
}

void
units_put_latm(GByteArray *unit, const guint8 *data, guint bytes)
{
    Bits bits = {g_byte_array_new(), 0};
    guint left = bytes;
    put_config(&bits);
    for (; left >= 255; left -= 255)
        put(&bits, 8, 255);
    put(&bits, 8, left);
    for (guint i = 0; i < bytes; i++)
        put(&bits, 8, data[i]);
    guint length = bits.bytes->len;
    const guint8 head[] = {0x56, (guint8)(0xE0 | length >> 8), (guint8)length};
    g_byte_array_append(unit, head, sizeof head);
    g_byte_array_append(unit, bits.bytes->data, length);
    g_byte_array_unref(bits.bytes);
}
