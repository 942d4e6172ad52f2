// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One entry a codec; the fields before the configuration are the same for all.
#include "pipelines/package/entries.h"

#include "pipelines/package/boxes.h"

void
package_entries_append_picture(GByteArray *out, const PackageTracks *tracks,
                               PackageCodec *codec) // §12.1.3
{
    guint entry = package_boxes_open(out, package_codec_get_entry(codec));
    package_boxes_put_zeros(out, 6);
    package_boxes_put_u16(out, 1); // data reference
    package_boxes_put_zeros(out, 16);
    package_boxes_put_u16(out, tracks->width);
    package_boxes_put_u16(out, tracks->height);
    package_boxes_put_u32(out, 72 << 16);
    package_boxes_put_u32(out, 72 << 16);
    package_boxes_put_u32(out, 0);
    package_boxes_put_u16(out, 1); // frame_count
    package_boxes_put_zeros(out, 32);
    package_boxes_put_u16(out, 24);
    package_boxes_put_u16(out, 0xffff);
    guint box = package_boxes_open(out, package_codec_get_box(codec));
    package_codec_append_configuration(codec, out);
    package_boxes_close(out, box);
    package_boxes_close(out, entry);
}

static void
append_esds(GByteArray *out, GBytes *config) // ISO/IEC 14496-14 §5.6, 14496-1 §7.2.6
{
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(config, &bytes);
    guint box = package_boxes_open_full(out, "esds", 0, 0);
    package_boxes_put_u8(out, 0x03); // ES_Descriptor
    package_boxes_put_u8(out, 3 + 2 + 13 + 2 + (guint)bytes + 3);
    package_boxes_put_u16(out, 0);
    package_boxes_put_u8(out, 0);
    package_boxes_put_u8(out, 0x04); // DecoderConfigDescriptor
    package_boxes_put_u8(out, 13 + 2 + (guint)bytes);
    package_boxes_put_u8(out, 0x40);  // MPEG-4 audio
    package_boxes_put_u8(out, 0x15);  // audio stream
    package_boxes_put_zeros(out, 11); // buffer and bit rates: not said
    package_boxes_put_u8(out, 0x05);  // DecoderSpecificInfo
    package_boxes_put_u8(out, (guint)bytes);
    g_byte_array_append(out, data, (guint)bytes);
    package_boxes_put_u8(out, 0x06); // SLConfigDescriptor
    package_boxes_put_u8(out, 1);
    package_boxes_put_u8(out, 2);
    package_boxes_close(out, box);
}

static void
append_dops(GByteArray *out, GBytes *config) // Encapsulation of Opus §4.3.2
{
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(config, &bytes);
    guint box = package_boxes_open(out, "dOps");
    g_byte_array_append(out, data, (guint)bytes);
    package_boxes_close(out, box);
}

void
package_entries_append_sound(GByteArray *out, const PackageTracks *tracks) // §12.2.3
{
    gboolean opus = tracks->sound == PACKAGE_TRACK_SOUND_OPUS;
    guint entry = package_boxes_open(out, opus ? "Opus" : "mp4a");
    package_boxes_put_zeros(out, 6);
    package_boxes_put_u16(out, 1);
    package_boxes_put_zeros(out, 8);
    package_boxes_put_u16(out, tracks->channels);
    package_boxes_put_u16(out, 16);
    package_boxes_put_u32(out, 0);
    package_boxes_put_u32(out, (guint32)PACKAGE_TRACK_AUDIO_RATE << 16);
    if (opus)
        append_dops(out, tracks->sound_config);
    else
        append_esds(out, tracks->sound_config);
    package_boxes_close(out, entry);
}
