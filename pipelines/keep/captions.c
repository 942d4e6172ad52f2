// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A caption that is on the screen when a segment ends is in both; where they meet it is one again.
#include "pipelines/keep/captions.h"

#include <string.h>

#include "pipelines/captions/faults.h"
#include "pipelines/captions/language.h"
#include "pipelines/captions/parse.h"
#include "pipelines/captions/webvtt.h"
#include "pipelines/child/live_track.h"
#include "pipelines/encode/asset.h"
#include "pipelines/package/disk.h"

#define MEETS_MS 50 // times are rounded, and cut at a segment's end
#define UNKNOWN "und"

void
keep_captions_add(CaptionsCues *cues, const char *text, gsize length, gint64 at_ms,
                  gint64 duration_ms)
{
    g_autoptr(CaptionsFaults) faults = captions_faults_new();
    g_autoptr(CaptionsCues) found = captions_parse_bytes((const guint8 *)text, length, faults);
    for (guint i = 0; found != NULL && i < found->cues->len; i++) {
        const CaptionsCuesCue *cue = found->cues->pdata[i];
        CaptionsCuesCue *last = cues->cues->len > 0 ? cues->cues->pdata[cues->cues->len - 1] : NULL;
        gint64 start_ms = at_ms + cue->start_ms, end_ms = at_ms + MIN(cue->end_ms, duration_ms);
        if (end_ms <= start_ms || end_ms > CAPTIONS_CUES_MAX_MS ||
            cues->cues->len >= CAPTIONS_CUES_MAX)
            continue;
        if (last != NULL && start_ms <= last->end_ms + MEETS_MS &&
            strcmp(last->text, cue->text) == 0 && g_strcmp0(last->settings, cue->settings) == 0) {
            last->end_ms = MAX(last->end_ms, end_ms);
            continue;
        }
        CaptionsCuesCue *added = captions_cues_add(cues, start_ms, end_ms, cue->text);
        added->settings = g_strdup(cue->settings);
    }
}

char *
keep_captions_choose_language(const char *name, GHashTable *taken)
{
    ChildLiveTrack track = child_live_track_parse(name);
    g_autofree char *known = captions_language_canonicalise(track.language);
    char *language = g_strdup(known != NULL ? known : UNKNOWN);
    const char *base = known != NULL ? known : UNKNOWN;
    if (g_hash_table_contains(taken, language) && track.purpose == CHILD_LIVE_TRACK_HEARING) {
        g_free(language);
        language = g_strdup_printf("%s-hearing", base);
    }
    for (guint i = 2; g_hash_table_contains(taken, language); i++) {
        g_free(language);
        language = g_strdup_printf("%s-track%u", base, i);
    }
    g_hash_table_add(taken, g_strdup(language));
    return language;
}

static void
add_piece(CaptionsCues *cues, const ChildJob *job, const KeepPlanPiece *piece)
{
    g_autofree char *path = g_build_filename(job->bundle, piece->segment, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (g_file_get_contents(path, &text, &length, NULL) && length <= CAPTIONS_CUES_MAX_FILE_BYTES)
        keep_captions_add(cues, text, length, (gint64)(piece->at / 90),
                          (gint64)(piece->duration / 90));
}

static void
send(EncodeRun *run, const CaptionsCues *cues, const char *language)
{
    g_autofree char *file = g_strdup_printf("captions-%s.vtt", language);
    g_autofree char *text = captions_webvtt_write(cues);
    g_autoptr(GError) failure = NULL;
    if (!package_disk_replace(run->job->staging, file, text, strlen(text), &failure)) {
        g_debug("captions: %s", failure->message);
        return;
    }
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_CAPTIONS, file);
    report->language = g_strdup(language);
    encode_asset_send(run, report);
}

void
keep_captions_make(EncodeRun *run, const char *plan, gsize plan_bytes)
{
    g_auto(GStrv) names = keep_plan_list_extras(plan, plan_bytes);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; names[i] != NULL; i++) {
        if (child_live_track_parse(names[i]).kind != CHILD_LIVE_TRACK_CAPTIONS)
            continue;
        g_autoptr(CaptionsCues) cues = captions_cues_new();
        g_autoptr(GPtrArray) pieces = keep_plan_parse_extra(plan, plan_bytes, names[i], NULL);
        for (guint at = 0; pieces != NULL && at < pieces->len; at++) {
            if (!encode_run_go_on(run, 0, NULL))
                return;
            add_piece(cues, run->job, pieces->pdata[at]);
        }
        if (cues->cues->len == 0)
            continue;
        g_autofree char *language = keep_captions_choose_language(names[i], taken);
        send(run, cues, language);
    }
}
