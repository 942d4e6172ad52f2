// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// header (X/0) → a packet each line (X/1 to X/24) → the header of a page that is none → stuffing up
// to a whole number of transport packets.
#include "tests/support/teletext.h"

#include <string.h>

#define DATA_IDENTIFIER 0x10
#define UNIT_SUBTITLE 0x03
#define UNIT_STUFFING 0xFF
#define UNIT_BYTES 44
#define FRAMING 0xE4 // in the order of transmission
#define ROW_LETTERS 40
#define HEADER_LETTERS 32
#define BOTTOM_ROW 22
#define START_BOX 0x0B
#define END_BOX 0x0A
#define TIME_FILLER 0xFF

static guint8
reverse(guint8 byte)
{
    guint8 reversed = 0;
    for (guint bit = 0; bit < 8; bit++)
        reversed |= (guint8)((byte >> bit & 1) << (7 - bit));
    return reversed;
}

/* §8.1: seven bits and odd parity. */
static guint8
add_parity(guint8 letter)
{
    guint ones = 0;
    for (guint bit = 0; bit < 7; bit++)
        ones += letter >> bit & 1;
    return (guint8)((letter & 0x7F) | (ones % 2 == 0 ? 0x80 : 0));
}

/* §8.2: Hamming 8/4, bits P1 D1 P2 D2 P3 D3 P4 D4 from the lowest on. */
static guint8
protect(guint value)
{
    guint d1 = value & 1, d2 = value >> 1 & 1, d3 = value >> 2 & 1, d4 = value >> 3 & 1;
    guint p1 = 1 ^ d1 ^ d3 ^ d4, p2 = 1 ^ d1 ^ d2 ^ d4, p3 = 1 ^ d1 ^ d2 ^ d3;
    guint p4 = 1 ^ p1 ^ d1 ^ p2 ^ d2 ^ p3 ^ d3 ^ d4;
    return (guint8)(p1 | d1 << 1 | p2 << 2 | d2 << 3 | p3 << 4 | d3 << 5 | p4 << 6 | d4 << 7);
}

/* @data: 42 bytes as §7.1 counts their bits. */
static void
add_unit(GByteArray *packet, const guint8 data[42])
{
    guint8 unit[2 + UNIT_BYTES] = {UNIT_SUBTITLE, UNIT_BYTES, 0xE0 | (packet->len / 46 + 7),
                                   FRAMING};
    for (guint i = 0; i < 42; i++)
        unit[4 + i] = reverse(data[i]);
    g_byte_array_append(packet, unit, sizeof unit);
}

static void
set_address(guint8 *data, guint magazine, guint row)
{
    data[0] = protect((magazine & 7) | (row & 1) << 3);
    data[1] = protect(row >> 1);
}

/* §9.3.1: the page's number, erase, subtitle, no header to be shown, national option. */
static void
add_header(GByteArray *packet, const TeletextPage *page, guint number)
{
    guint8 data[42];
    guint national = page->national;
    set_address(data, page->magazine, 0);
    data[2] = protect(number & 15);
    data[3] = protect(number >> 4);
    data[4] = protect(0);
    data[5] = protect(8); // C4: erase
    data[6] = protect(0);
    data[7] = protect(8); // C6: subtitle
    data[8] = protect(1); // C7: no header
    data[9] =
        protect(1 | (national >> 2 & 1) << 1 | (national >> 1 & 1) << 2 | (national & 1) << 3);
    memset(data + 10, add_parity(' '), HEADER_LETTERS);
    add_unit(packet, data);
}

static void
add_row(GByteArray *packet, const TeletextPage *page, guint row, const char *line)
{
    guint8 data[42];
    guint at = 2;
    set_address(data, page->magazine, row);
    memset(data + 2, add_parity(' '), ROW_LETTERS);
    data[at++] = add_parity(START_BOX);
    data[at++] = add_parity(START_BOX);
    for (; *line != '\0' && at < 40; line++)
        data[at++] = add_parity((guint8)*line);
    data[at++] = add_parity(END_BOX);
    data[at] = add_parity(END_BOX);
    add_unit(packet, data);
}

GByteArray *
teletext_make_packet(const TeletextPage *page)
{
    GByteArray *packet = g_byte_array_new();
    guint8 identifier = DATA_IDENTIFIER;
    g_auto(GStrv) lines = g_strsplit(page->text, "\n", -1);
    guint count = g_strv_length(lines), units = 2 + count;
    g_byte_array_append(packet, &identifier, 1);
    add_header(packet, page, page->page);
    for (guint i = 0; i < count; i++)
        add_row(packet, page, BOTTOM_ROW - 2 * (count - 1 - i), lines[i]);
    add_header(packet, page, TIME_FILLER);
    for (; units % 4 != 3; units++) {
        guint8 stuffing[2 + UNIT_BYTES];
        memset(stuffing, UNIT_STUFFING, sizeof stuffing);
        stuffing[1] = UNIT_BYTES;
        g_byte_array_append(packet, stuffing, sizeof stuffing);
    }
    return packet;
}
