// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes ftyp, moov and sidx box by box, each with the number of its section in ISO/IEC 14496-12.
#include "pipelines/package/init.h"

#include "pipelines/package/boxes.h"
#include "pipelines/package/entries.h"
#include "pipelines/package/opus.h"

static void
put_matrix(GByteArray *out)
{
    static const guint32 unity[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
    for (guint i = 0; i < G_N_ELEMENTS(unity); i++)
        package_boxes_put_u32(out, unity[i]);
}

static void
append_ftyp(GByteArray *out, const PackageTracks *tracks) // §4.3
{
    gboolean one_track =
        tracks->picture == PACKAGE_TRACK_PICTURE_NONE || tracks->sound == PACKAGE_TRACK_SOUND_NONE;
    guint box = package_boxes_open(out, "ftyp");
    package_boxes_put_text(out, "iso6");
    package_boxes_put_u32(out, 0);
    package_boxes_put_text(out, "iso6mp41dash");
    if (tracks->picture == PACKAGE_TRACK_PICTURE_AV1)
        package_boxes_put_text(out, "av01");
    if (one_track)
        package_boxes_put_text(out, "cmfc"); // ISO/IEC 23000-19 §7.2 knows no muxed tracks
    package_boxes_close(out, box);
}

static void
append_mvhd(GByteArray *out, guint next_track_id) // §8.2.2
{
    guint box = package_boxes_open_full(out, "mvhd", 0, 0);
    package_boxes_put_zeros(out,
                            8); // times of making: unknown, so that equal input gives equal bytes
    package_boxes_put_u32(out, PACKAGE_INDEX_TIMESCALE);
    package_boxes_put_u32(out, 0);       // duration: in the fragments
    package_boxes_put_u32(out, 0x10000); // rate 1
    package_boxes_put_u16(out, 0x100);   // volume 1
    package_boxes_put_zeros(out, 10);
    put_matrix(out);
    package_boxes_put_zeros(out, 24);
    package_boxes_put_u32(out, next_track_id);
    package_boxes_close(out, box);
}

static void
append_tkhd(GByteArray *out, guint id, guint width, guint height) // §8.3.2
{
    guint box = package_boxes_open_full(out, "tkhd", 0, 7); // enabled, in movie, in preview
    package_boxes_put_zeros(out, 8);
    package_boxes_put_u32(out, id);
    package_boxes_put_zeros(out, 20);                   // duration, layer, group
    package_boxes_put_u16(out, width == 0 ? 0x100 : 0); // volume
    package_boxes_put_u16(out, 0);
    put_matrix(out);
    package_boxes_put_u32(out, width << 16);
    package_boxes_put_u32(out, height << 16);
    package_boxes_close(out, box);
}

static void
append_mdhd(GByteArray *out, guint32 timescale) // §8.4.2
{
    guint box = package_boxes_open_full(out, "mdhd", 0, 0);
    package_boxes_put_zeros(out, 8);
    package_boxes_put_u32(out, timescale);
    package_boxes_put_u32(out, 0);
    package_boxes_put_u16(out, 0x55c4); // und: the language is said outside
    package_boxes_put_u16(out, 0);
    package_boxes_close(out, box);
}

static void
append_hdlr(GByteArray *out, const char *kind, const char *name) // §8.4.3
{
    guint box = package_boxes_open_full(out, "hdlr", 0, 0);
    package_boxes_put_u32(out, 0);
    package_boxes_put_text(out, kind);
    package_boxes_put_zeros(out, 12);
    package_boxes_put_text(out, name);
    package_boxes_put_u8(out, 0);
    package_boxes_close(out, box);
}

static void
append_dinf(GByteArray *out) // §8.7.1: all bytes are in this file
{
    guint dinf = package_boxes_open(out, "dinf");
    guint dref = package_boxes_open_full(out, "dref", 0, 0);
    package_boxes_put_u32(out, 1);
    guint url = package_boxes_open_full(out, "url ", 0, 1);
    package_boxes_close(out, url);
    package_boxes_close(out, dref);
    package_boxes_close(out, dinf);
}

static void
append_empty_tables(GByteArray *out) // §8.6.1, §8.7: samples are in the fragments
{
    static const char *const tables[] = {"stts", "stsc", "stco"};
    for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
        guint box = package_boxes_open_full(out, tables[i], 0, 0);
        package_boxes_put_u32(out, 0);
        package_boxes_close(out, box);
    }
    guint stsz = package_boxes_open_full(out, "stsz", 0, 0);
    package_boxes_put_zeros(out, 8);
    package_boxes_close(out, stsz);
}

/* @codec is NULL for the sound track. */
static void
append_minf(GByteArray *out, const PackageTracks *tracks, PackageCodec *codec) // §8.4.4
{
    guint minf = package_boxes_open(out, "minf");
    guint head =
        package_boxes_open_full(out, codec != NULL ? "vmhd" : "smhd", 0, codec != NULL ? 1 : 0);
    package_boxes_put_zeros(out, codec != NULL ? 8 : 4);
    package_boxes_close(out, head);
    append_dinf(out);
    guint stbl = package_boxes_open(out, "stbl");
    guint stsd = package_boxes_open_full(out, "stsd", 0, 0);
    package_boxes_put_u32(out, 1);
    if (codec != NULL)
        package_entries_append_picture(out, tracks, codec);
    else
        package_entries_append_sound(out, tracks);
    package_boxes_close(out, stsd);
    append_empty_tables(out);
    package_boxes_close(out, stbl);
    package_boxes_close(out, minf);
}

static void
append_trak(GByteArray *out, guint id, const PackageTracks *tracks, PackageCodec *codec) // §8.3.1
{
    guint trak = package_boxes_open(out, "trak");
    append_tkhd(out, id, codec != NULL ? tracks->width : 0, codec != NULL ? tracks->height : 0);
    guint mdia = package_boxes_open(out, "mdia");
    append_mdhd(out, codec != NULL ? PACKAGE_INDEX_TIMESCALE : PACKAGE_TRACK_AUDIO_RATE);
    append_hdlr(out, codec != NULL ? "vide" : "soun", codec != NULL ? "picture" : "sound");
    append_minf(out, tracks, codec);
    package_boxes_close(out, mdia);
    package_boxes_close(out, trak);
}

static void
append_mvex(GByteArray *out, guint track_count, guint64 duration_pts90k) // §8.8.1
{
    guint mvex = package_boxes_open(out, "mvex");
    if (duration_pts90k > 0) {
        guint mehd = package_boxes_open_full(out, "mehd", 1, 0);
        package_boxes_put_u64(out, duration_pts90k);
        package_boxes_close(out, mehd);
    }
    for (guint id = 1; id <= track_count; id++) {
        guint trex = package_boxes_open_full(out, "trex", 0, 0);
        package_boxes_put_u32(out, id);
        package_boxes_put_u32(out, 1);
        package_boxes_put_zeros(out, 12);
        package_boxes_close(out, trex);
    }
    package_boxes_close(out, mvex);
}

static gboolean
sound_fits(const PackageTracks *tracks)
{
    gsize config_bytes = tracks->sound_config == NULL ? 0 : g_bytes_get_size(tracks->sound_config);
    gboolean channels_fit = tracks->channels == 1 || tracks->channels == 2;
    switch (tracks->sound) {
    case PACKAGE_TRACK_SOUND_NONE:
        return tracks->channels == 0 && tracks->picture != PACKAGE_TRACK_PICTURE_NONE;
    case PACKAGE_TRACK_SOUND_AAC:
        return channels_fit && config_bytes >= 2 && config_bytes <= 64;
    case PACKAGE_TRACK_SOUND_OPUS:
        return channels_fit &&
               package_opus_check_configuration(tracks->sound_config, tracks->channels);
    }
    return FALSE;
}

static gboolean
check_tracks(const PackageTracks *tracks, GError **error)
{
    gboolean picture = tracks->picture != PACKAGE_TRACK_PICTURE_NONE;
    gboolean picture_fits = tracks->width <= 16384 && tracks->height <= 16384 &&
                            (tracks->width > 0) == picture && (tracks->height > 0) == picture;
    if (picture_fits && sound_fits(tracks))
        return TRUE;
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                "tracks of kinds %d and %d, %ux%u pixels, %u channels", (int)tracks->picture,
                (int)tracks->sound, tracks->width, tracks->height, tracks->channels);
    return FALSE;
}

GBytes *
package_init_build(const PackageTracks *tracks, guint64 duration_pts90k, GError **error)
{
    if (!check_tracks(tracks, error))
        return NULL;
    g_autoptr(PackageCodec) codec = NULL;
    if (tracks->picture != PACKAGE_TRACK_PICTURE_NONE &&
        (codec = package_codec_new(tracks, error)) == NULL)
        return NULL;

    gboolean sound = tracks->sound != PACKAGE_TRACK_SOUND_NONE;
    guint track_count = (guint)(codec != NULL) + (guint)sound;
    GByteArray *out = g_byte_array_new();
    append_ftyp(out, tracks);
    guint moov = package_boxes_open(out, "moov");
    append_mvhd(out, track_count + 1);
    if (codec != NULL)
        append_trak(out, PACKAGE_INIT_VIDEO_ID, tracks, codec);
    if (sound)
        append_trak(out, track_count, tracks, NULL);
    append_mvex(out, track_count, duration_pts90k);
    package_boxes_close(out, moov);
    return g_byte_array_free_to_bytes(out);
}

GBytes *
package_init_build_sidx(GArray *references, guint32 timescale)
{
    GByteArray *out = g_byte_array_new();
    guint box = package_boxes_open_full(out, "sidx", 1, 0);
    package_boxes_put_u32(out, 1); // reference_ID
    package_boxes_put_u32(out, timescale);
    package_boxes_put_u64(out, 0); // earliest_presentation_time
    package_boxes_put_u64(out, 0); // first_offset
    package_boxes_put_u16(out, 0);
    package_boxes_put_u16(out, references->len);
    for (guint i = 0; i < references->len; i++) {
        const PackageInitReference *reference = &g_array_index(references, PackageInitReference, i);
        package_boxes_put_u32(out, (guint32)reference->bytes);
        package_boxes_put_u32(out, (guint32)reference->duration);
        package_boxes_put_u32(out, 0x90000000); // starts with SAP, type 1, delta 0
    }
    package_boxes_close(out, box);
    return g_byte_array_free_to_bytes(out);
}
