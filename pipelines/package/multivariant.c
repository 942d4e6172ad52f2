// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Numbers are printed from integers, so that no locale can put a comma in.
#include "pipelines/package/multivariant.h"

#include <stdlib.h>
#include <string.h>

#define CAPTIONS_GROUP "captions"
#define SOUNDS_GROUP "sound"

PackageMultivariantFamily
package_multivariant_get_family(const char *codecs)
{
    gboolean av1 = codecs != NULL && (strstr(codecs, "av01") != NULL || strstr(codecs, "opus"));
    return av1 ? PACKAGE_MULTIVARIANT_AV1 : PACKAGE_MULTIVARIANT_AVC;
}

const char *
package_multivariant_get_file(PackageMultivariantFamily family)
{
    return family == PACKAGE_MULTIVARIANT_AV1 ? "index-av1.m3u8" : "index.m3u8";
}

static int
compare_rungs(gconstpointer a, gconstpointer b)
{
    const PackageMultivariantRung *left = a, *right = b;
    if ((left->width == 0) != (right->width == 0))
        return left->width == 0 ? 1 : -1;
    if (left->bandwidth_bps != right->bandwidth_bps)
        return left->bandwidth_bps < right->bandwidth_bps ? -1 : 1;
    return g_strcmp0(left->uri, right->uri);
}

/* Returns: (transfer full) (element-type PackageMultivariantRung): those of @family, sorted. */
static GArray *
select_rungs(const PackageMultivariantContent *content, PackageMultivariantFamily family)
{
    GArray *rungs = g_array_new(FALSE, FALSE, sizeof(PackageMultivariantRung));
    for (guint i = 0; i < content->rung_count; i++)
        if (package_multivariant_get_family(content->rungs[i].codecs) == family)
            g_array_append_val(rungs, content->rungs[i]);
    g_array_sort(rungs, compare_rungs);
    return rungs;
}

static gboolean
is_measured(const GArray *rungs)
{
    for (guint i = 0; i < rungs->len; i++) {
        const PackageMultivariantRung *rung = &g_array_index(rungs, PackageMultivariantRung, i);
        if (rung->width > 0 && !(rung->ssim > 0))
            return FALSE;
    }
    return TRUE;
}

/* Lines that are seen, less what coding took of them: a loss of 0.1 in SSIM halves them. Sound
 * alone is worth one line. In thousandths. */
static guint64
get_score(const PackageMultivariantRung *rung)
{
    double kept = 1 - 5 * (1 - CLAMP(rung->ssim, 0, 1));
    guint lines = MIN(rung->width, rung->height);
    return rung->width == 0 ? 1000 : MAX(2000, (guint64)(1000 * lines * MAX(kept, 0) + 0.5));
}

static void
append_thousandths(GString *text, const char *name, guint64 thousandths)
{
    g_string_append_printf(text, ",%s=%" G_GUINT64_FORMAT ".%03u", name, thousandths / 1000,
                           (guint)(thousandths % 1000));
}

static void
append_captions(GString *text, const PackageMultivariantContent *content)
{
    for (guint i = 0; i < content->caption_count; i++) {
        const PackageMultivariantCaptions *captions = &content->captions[i];
        g_autofree char *name = g_strdelimit(g_strdup(captions->name), "\"\r\n", ' ');
        g_string_append_printf(text,
                               "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"" CAPTIONS_GROUP
                               "\",NAME=\"%s\",LANGUAGE=\"%s\",DEFAULT=NO,AUTOSELECT=YES,"
                               "FORCED=NO,URI=\"%s\"\n",
                               name, captions->language, captions->uri);
    }
}

/* RFC 8216 §4.3.4.1, Apple's authoring rules for described sound. */
static void
append_sounds(GString *text, const PackageMultivariantContent *content)
{
    for (guint i = 0; i < content->sound_count; i++) {
        const PackageMultivariantSound *sound = &content->sounds[i];
        g_autofree char *name = g_strdelimit(g_strdup(sound->name), "\"\r\n", ' ');
        g_string_append_printf(
            text, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"" SOUNDS_GROUP "\",NAME=\"%s\"", name);
        if (sound->language != NULL)
            g_string_append_printf(text, ",LANGUAGE=\"%s\"", sound->language);
        g_string_append_printf(text, ",DEFAULT=%s,AUTOSELECT=YES", i == 0 ? "YES" : "NO");
        if (sound->described)
            g_string_append(text, ",CHARACTERISTICS=\"public.accessibility.describes-video\"");
        if (sound->uri != NULL)
            g_string_append_printf(text, ",URI=\"%s\"", sound->uri);
        g_string_append_c(text, '\n');
    }
}

/* What the dearest of the sounds adds to every rung (§4.3.4.2: the largest sum of what can be
 * played together). */
static guint64
get_dearest(const PackageMultivariantContent *content, gboolean average)
{
    guint64 dearest = 0;
    for (guint i = 0; i < content->sound_count; i++) {
        const PackageMultivariantSound *sound = &content->sounds[i];
        dearest = MAX(dearest, average ? sound->average_bandwidth_bps : sound->bandwidth_bps);
    }
    return dearest;
}

static void
append_rung(GString *text, const PackageMultivariantRung *rung,
            const PackageMultivariantContent *content, gboolean scores)
{
    g_string_append_printf(text,
                           "#EXT-X-STREAM-INF:BANDWIDTH=%" G_GUINT64_FORMAT
                           ",AVERAGE-BANDWIDTH=%" G_GUINT64_FORMAT,
                           rung->bandwidth_bps + get_dearest(content, FALSE),
                           rung->average_bandwidth_bps + get_dearest(content, TRUE));
    if (scores)
        append_thousandths(text, "SCORE", get_score(rung));
    g_string_append_printf(text, ",CODECS=\"%s\"", rung->codecs);
    if (rung->width > 0) {
        g_string_append_printf(text, ",RESOLUTION=%ux%u", rung->width, rung->height);
        append_thousandths(text, "FRAME-RATE", (guint64)(rung->frame_rate * 1000 + 0.5));
    }
    if (content->sound_count > 0)
        g_string_append(text, ",AUDIO=\"" SOUNDS_GROUP "\"");
    if (content->caption_count > 0)
        g_string_append(text, ",SUBTITLES=\"" CAPTIONS_GROUP "\"");
    g_string_append_printf(text, "\n%s\n", rung->uri);
}

static void
append_keys(GString *text, const PackageMultivariantRung *rung, gboolean scores)
{
    g_autofree char *codec = g_strndup(rung->codecs, strcspn(rung->codecs, ","));
    if (rung->key_uri == NULL || rung->width == 0)
        return;
    g_string_append_printf(text,
                           "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=%" G_GUINT64_FORMAT
                           ",AVERAGE-BANDWIDTH=%" G_GUINT64_FORMAT,
                           rung->key_bandwidth_bps, rung->key_average_bandwidth_bps);
    if (scores) // all variants or none (draft-pantos-hls-rfc8216bis §4.4.6.2)
        append_thousandths(text, "SCORE", get_score(rung));
    g_string_append_printf(text, ",CODECS=\"%s\",RESOLUTION=%ux%u,URI=\"%s\"\n", codec, rung->width,
                           rung->height, rung->key_uri);
}

char *
package_multivariant_format(const PackageMultivariantContent *content,
                            PackageMultivariantFamily family)
{
    g_autoptr(GArray) rungs = select_rungs(content, family);
    if (rungs->len == 0)
        return NULL;
    gboolean scores = is_measured(rungs);
    GString *text = g_string_new("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    append_sounds(text, content);
    append_captions(text, content);
    for (guint i = 0; i < rungs->len; i++)
        append_rung(text, &g_array_index(rungs, PackageMultivariantRung, i), content, scores);
    for (guint i = 0; i < rungs->len; i++)
        append_keys(text, &g_array_index(rungs, PackageMultivariantRung, i), scores);
    return g_string_free(text, FALSE);
}
