// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes ftyp, moov and sidx box by box, each with the number of its section in ISO/IEC 14496-12.
#include "pipelines/package/init.h"

#include "pipelines/package/avc.h"
#include "pipelines/package/boxes.h"

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
    gboolean one_track = tracks->width == 0 || tracks->channels == 0;
    guint box = package_boxes_open(out, "ftyp");
    package_boxes_put_text(out, "iso6");
    package_boxes_put_u32(out, 0);
    package_boxes_put_text(out, "iso6mp41dash");
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

static void
append_avc1(GByteArray *out, const PackageTracks *tracks,
            PackageAvc *avc) // ISO/IEC 14496-15 §5.4.2
{
    guint entry = package_boxes_open(out, "avc1");
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
    guint box = package_boxes_open(out, "avcC");
    package_avc_append_configuration(avc, out);
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
append_mp4a(GByteArray *out, const PackageTracks *tracks) // §12.2.3
{
    guint entry = package_boxes_open(out, "mp4a");
    package_boxes_put_zeros(out, 6);
    package_boxes_put_u16(out, 1);
    package_boxes_put_zeros(out, 8);
    package_boxes_put_u16(out, tracks->channels);
    package_boxes_put_u16(out, 16);
    package_boxes_put_u32(out, 0);
    package_boxes_put_u32(out, (guint32)PACKAGE_TRACK_AUDIO_RATE << 16);
    append_esds(out, tracks->audio_specific_config);
    package_boxes_close(out, entry);
}

/* @avc is NULL for the sound track. */
static void
append_minf(GByteArray *out, const PackageTracks *tracks, PackageAvc *avc) // §8.4.4
{
    guint minf = package_boxes_open(out, "minf");
    guint head =
        package_boxes_open_full(out, avc != NULL ? "vmhd" : "smhd", 0, avc != NULL ? 1 : 0);
    package_boxes_put_zeros(out, avc != NULL ? 8 : 4);
    package_boxes_close(out, head);
    append_dinf(out);
    guint stbl = package_boxes_open(out, "stbl");
    guint stsd = package_boxes_open_full(out, "stsd", 0, 0);
    package_boxes_put_u32(out, 1);
    if (avc != NULL)
        append_avc1(out, tracks, avc);
    else
        append_mp4a(out, tracks);
    package_boxes_close(out, stsd);
    append_empty_tables(out);
    package_boxes_close(out, stbl);
    package_boxes_close(out, minf);
}

static void
append_trak(GByteArray *out, guint id, const PackageTracks *tracks, PackageAvc *avc) // §8.3.1
{
    guint trak = package_boxes_open(out, "trak");
    append_tkhd(out, id, avc != NULL ? tracks->width : 0, avc != NULL ? tracks->height : 0);
    guint mdia = package_boxes_open(out, "mdia");
    append_mdhd(out, avc != NULL ? PACKAGE_INDEX_TIMESCALE : PACKAGE_TRACK_AUDIO_RATE);
    append_hdlr(out, avc != NULL ? "vide" : "soun", avc != NULL ? "picture" : "sound");
    append_minf(out, tracks, avc);
    package_boxes_close(out, mdia);
    package_boxes_close(out, trak);
}

static void
append_mvex(GByteArray *out, guint track_count, guint64 duration_pts90k) // §8.8.1
{
    guint mvex = package_boxes_open(out, "mvex");
    guint mehd = package_boxes_open_full(out, "mehd", 1, 0);
    package_boxes_put_u64(out, duration_pts90k);
    package_boxes_close(out, mehd);
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
check_tracks(const PackageTracks *tracks, GError **error)
{
    gsize config_bytes = 0;
    if (tracks->audio_specific_config != NULL)
        g_bytes_get_data(tracks->audio_specific_config, &config_bytes);
    gboolean sound_fits =
        tracks->channels == 0 || (tracks->channels <= 2 && config_bytes >= 2 && config_bytes <= 64);
    gboolean picture_fits = tracks->width <= 16384 && tracks->height <= 16384 &&
                            (tracks->width > 0) == (tracks->height > 0);
    if (sound_fits && picture_fits && (tracks->width > 0 || tracks->channels > 0))
        return TRUE;
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                "tracks of %ux%u pixels, %u channels and %" G_GSIZE_FORMAT
                " bytes of configuration",
                tracks->width, tracks->height, tracks->channels, config_bytes);
    return FALSE;
}

GBytes *
package_init_build(const PackageTracks *tracks, guint64 duration_pts90k, GError **error)
{
    if (!check_tracks(tracks, error))
        return NULL;
    g_autoptr(PackageAvc) avc = NULL;
    if (tracks->width > 0 && (avc = package_avc_new(tracks->parameter_sets, error)) == NULL)
        return NULL;

    guint track_count = (avc != NULL) + (tracks->channels > 0);
    GByteArray *out = g_byte_array_new();
    append_ftyp(out, tracks);
    guint moov = package_boxes_open(out, "moov");
    append_mvhd(out, track_count + 1);
    if (avc != NULL)
        append_trak(out, PACKAGE_INIT_VIDEO_ID, tracks, avc);
    if (tracks->channels > 0)
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
