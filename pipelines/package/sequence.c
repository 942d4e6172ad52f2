// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads bit by bit in the order of §5.5; what nobody asks for is passed over.
#include "pipelines/package/sequence.h"

enum { SELECT_SCREEN_CONTENT_TOOLS = 2 };
enum { PRIMARIES_BT709 = 1, TRANSFER_SRGB = 13, MATRIX_IDENTITY = 0, UNSPECIFIED = 2 };

typedef struct {
    const guint8 *data; // (unowned)
    gsize bits;         // (value) how many there are
    gsize position;     // (value) the next one; beyond the end once too much was read
} Bits;

static guint32
read_bits(Bits *bits, guint count)
{
    guint32 value = 0;
    for (guint i = 0; i < count; i++, bits->position++) {
        guint bit = 0;
        if (bits->position < bits->bits)
            bit = bits->data[bits->position / 8] >> (7 - bits->position % 8) & 1u;
        value = value << 1 | bit;
    }
    return value;
}

/* uvlc() of §4.10.3, whose value nobody needs. */
static void
skip_uvlc(Bits *bits)
{
    guint zeros = 0;
    while (bits->position < bits->bits && zeros < 32 && read_bits(bits, 1) == 0)
        zeros++;
    if (zeros < 32)
        bits->position += zeros;
}

/* Returns the length of the delays of the decoder model, 0 when there is no such model. */
static guint
skip_timing(Bits *bits)
{
    if (read_bits(bits, 1) == 0) // timing_info_present_flag
        return 0;
    bits->position += 64;
    if (read_bits(bits, 1) != 0) // equal_picture_interval
        skip_uvlc(bits);
    if (read_bits(bits, 1) == 0) // decoder_model_info_present_flag
        return 0;
    guint delay_bits = read_bits(bits, 5) + 1;
    bits->position += 32 + 5 + 5;
    return delay_bits;
}

static void
read_operating_points(Bits *bits, PackageSequence *sequence)
{
    guint delay_bits = skip_timing(bits);
    gboolean display_delay = read_bits(bits, 1) != 0;
    guint count = read_bits(bits, 5) + 1;
    for (guint i = 0; i < count; i++) {
        bits->position += 12;
        guint level = read_bits(bits, 5);
        guint tier = level > 7 ? read_bits(bits, 1) : 0;
        if (delay_bits > 0 && read_bits(bits, 1) != 0)
            bits->position += 2 * (gsize)delay_bits + 1;
        if (display_delay && read_bits(bits, 1) != 0)
            bits->position += 4;
        if (i > 0)
            continue;
        sequence->level = level;
        sequence->tier = tier;
    }
}

static void
read_size(Bits *bits, PackageSequence *sequence)
{
    guint width_bits = read_bits(bits, 4) + 1;
    guint height_bits = read_bits(bits, 4) + 1;
    sequence->width = read_bits(bits, width_bits) + 1;
    sequence->height = read_bits(bits, height_bits) + 1;
}

static void
skip_tools(Bits *bits)
{
    bits->position += 4; // interintra, masked compound, warped motion, dual filter
    gboolean order_hint = read_bits(bits, 1) != 0;
    if (order_hint)
        bits->position += 2;
    guint screen = SELECT_SCREEN_CONTENT_TOOLS;
    if (read_bits(bits, 1) == 0) // seq_choose_screen_content_tools
        screen = read_bits(bits, 1);
    if (screen > 0 && read_bits(bits, 1) == 0) // seq_choose_integer_mv
        bits->position += 1;
    if (order_hint)
        bits->position += 3;
}

static void
read_subsampling(Bits *bits, PackageSequence *sequence)
{
    sequence->subsampling_x = sequence->profile != 1;
    sequence->subsampling_y = sequence->profile == 0;
    if (sequence->bit_depth == 12) {
        sequence->subsampling_x = read_bits(bits, 1);
        sequence->subsampling_y = sequence->subsampling_x ? read_bits(bits, 1) : 0;
    }
    if (sequence->subsampling_x && sequence->subsampling_y)
        sequence->chroma_sample_position = read_bits(bits, 2);
}

static void
read_colour(Bits *bits, PackageSequence *sequence) // §5.5.2
{
    guint primaries = UNSPECIFIED, transfer = UNSPECIFIED, matrix = UNSPECIFIED;
    gboolean high = read_bits(bits, 1) != 0;
    sequence->bit_depth = high ? 10 : 8;
    if (sequence->profile == 2 && high && read_bits(bits, 1) != 0)
        sequence->bit_depth = 12;
    sequence->monochrome = sequence->profile == 1 ? 0 : read_bits(bits, 1);
    if (read_bits(bits, 1) != 0) { // color_description_present_flag
        primaries = read_bits(bits, 8);
        transfer = read_bits(bits, 8);
        matrix = read_bits(bits, 8);
    }
    if (sequence->monochrome) {
        bits->position += 1; // color_range
        sequence->subsampling_x = sequence->subsampling_y = 1;
        return;
    }
    if (primaries == PRIMARIES_BT709 && transfer == TRANSFER_SRGB && matrix == MATRIX_IDENTITY) {
        bits->position += 1; // separate_uv_delta_q
        return;              // 4:4:4
    }
    bits->position += 1; // color_range
    read_subsampling(bits, sequence);
    bits->position += 1; // separate_uv_delta_q
}

gboolean
package_sequence_parse(const guint8 *data, gsize bytes, PackageSequence *sequence)
{
    Bits bits = {data, bytes * 8, 0};
    PackageSequence read = {0};
    read.profile = read_bits(&bits, 3);
    bits.position += 1; // still_picture
    gboolean reduced = read_bits(&bits, 1) != 0;
    if (reduced)
        read.level = read_bits(&bits, 5);
    else
        read_operating_points(&bits, &read);
    read_size(&bits, &read);
    if (!reduced && read_bits(&bits, 1) != 0) // frame_id_numbers_present_flag
        bits.position += 7;
    bits.position += 3; // superblock size, filter intra, intra edge filter
    if (!reduced)
        skip_tools(&bits);
    bits.position += 3; // superres, cdef, restoration
    read_colour(&bits, &read);
    bits.position += 1; // film_grain_params_present
    if (read.profile > 2 || bits.position > bits.bits)
        return FALSE;
    *sequence = read;
    return TRUE;
}
