// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a channel has beside its rungs, made by the real child: other sounds that come, go and
// change their language, teletext as WebVTT in time with the picture, small pictures for the rewind
// bar. And the names of it all.
#include <libavutil/log.h>
#include <string.h>

#include "pipelines/captions/webvtt.h"
#include "pipelines/child/live_track.h"
#include "tests/pipelines/live/broadcast.h"
#include "tests/pipelines/live/viewer.h"

#define START_MS G_GINT64_CONSTANT(1795276800000)
#define SECOND 90000
#define WRAP (G_GINT64_CONSTANT(1) << 33)

static ChildLiveJob *
make_job(const char *rungs, const char *extras)
{
    ChildLiveJob *job = child_live_job_new();
    job->rungs = g_strsplit(rungs, ",", 0);
    g_strfreev(job->extras);
    job->extras = g_strsplit(extras, ",", 0);
    job->first_number = 5;
    job->first_time = 900001;
    job->first_init = 1;
    job->behind_ms = 24 * 3600 * 1000;
    return job;
}

static Viewing *
view(ChildLiveJob *job, const GByteArray *stream)
{
    return viewer_run(g_getenv("DAORIAN_MEDIA"), job, stream, 0);
}

/* Returns: how many segments have a part called @name. */
static guint
count_parts(const Viewing *viewing, const char *name)
{
    const ChildLiveReport *segment;
    guint count = 0;
    for (guint i = 0; (segment = viewing_get_segment(viewing, i)) != NULL; i++)
        for (guint k = 0; k < segment->parts->len; k++)
            count += strcmp(((ChildLiveReportPart *)segment->parts->pdata[k])->rung, name) == 0;
    return count;
}

static char *
read_part(const Viewing *viewing, const ChildLiveReport *segment, const char *name, gsize *length)
{
    for (guint k = 0; k < segment->parts->len; k++) {
        const ChildLiveReportPart *part = segment->parts->pdata[k];
        char *text = NULL;
        if (strcmp(part->rung, name) != 0)
            continue;
        g_autofree char *path = g_build_filename(viewing->folder, part->file, NULL);
        g_assert_true(g_file_get_contents(path, &text, length, NULL));
        return text;
    }
    return NULL;
}

/* All cues of a track on the channel's time, in ms; pieces of one caption are joined. */
static CaptionsCues *
read_captions(const Viewing *viewing, const char *name)
{
    CaptionsCues *all = captions_cues_new();
    const ChildLiveReport *segment;
    for (guint i = 0; (segment = viewing_get_segment(viewing, i)) != NULL; i++) {
        gsize length = 0;
        g_autofree char *text = read_part(viewing, segment, name, &length);
        if (text == NULL)
            continue;
        g_autoptr(CaptionsFaults) faults = captions_faults_new();
        g_autofree char *head = g_strdup_printf("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:%" G_GUINT64_FORMAT
                                                ",LOCAL:00:00:00.000\n\n",
                                                segment->time % WRAP);
        g_assert_true(g_str_has_prefix(text, head));
        g_autoptr(CaptionsCues) cues = captions_webvtt_parse(text, faults);
        g_assert_nonnull(cues);
        for (guint k = 0; k < cues->cues->len; k++) {
            const CaptionsCuesCue *cue = cues->cues->pdata[k];
            gint64 at = (gint64)segment->time / 90;
            CaptionsCuesCue *last =
                all->cues->len > 0 ? all->cues->pdata[all->cues->len - 1] : NULL;
            g_assert_cmpint(cue->end_ms, <=, (gint64)segment->duration / 90);
            if (last != NULL && strcmp(last->text, cue->text) == 0 &&
                at + cue->start_ms - last->end_ms <= 2)
                last->end_ms = at + cue->end_ms;
            else
                captions_cues_add(all, at + cue->start_ms, at + cue->end_ms, cue->text);
        }
    }
    return all;
}

/* Teletext: each flash has its caption when it begins, for a second, through the wrap of the clock
 * and a step of it. */
static void
test_teletext(void)
{
    static const BroadcastMore more = {.text_pid = 0x220};
    const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, FALSE, 12, NULL, &more};
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, WRAP - 5 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small", "captions");
    broadcast_run(broadcast, 9000, stream);
    broadcast_step_clock(broadcast, 4000 * SECOND);
    broadcast_run(broadcast, 8000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_autoptr(CaptionsCues) cues = read_captions(viewing, "captions-tha");
    g_autoptr(Played) played = viewing_play(viewing, "small");
    played_assert_together(played, 6);
    guint found = 0;
    for (guint i = 0; i < cues->cues->len; i++) {
        const CaptionsCuesCue *cue = cues->cues->pdata[i];
        g_test_message("%s: %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, cue->text, cue->start_ms,
                       cue->end_ms);
        g_assert_true(g_str_has_prefix(cue->text, "mark "));
        g_assert_cmpint(ABS(cue->end_ms - cue->start_ms - 1000), <=, 1000);
        for (guint k = 0; k < played->flashes->len; k++)
            found += ABS(g_array_index(played->flashes, gint64, k) - cue->start_ms) <= 80;
    }
    g_assert_cmpuint(found, >=, 6);
    g_assert_cmpuint(count_parts(viewing, "scrub"), ==, 0);
}

/* A second sound in English comes, goes, comes back, and is another one in the end: as good as the
 * first, in time with the picture, and no rung is disturbed. */
static void
test_voices(void)
{
    static const BroadcastMore english = {.second_pid = 0x230, .language = "ENG"};
    static const BroadcastMore described = {.second_pid = 0x231, .language = "tha", .purpose = 3};
    BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, FALSE, 12, NULL, &english};
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small", "voices,captions,scrub");
    broadcast_run(broadcast, 9000, stream);
    plan.more = NULL;
    broadcast_change(broadcast, &plan);
    broadcast_run(broadcast, 7000, stream);
    plan.more = &english;
    broadcast_change(broadcast, &plan);
    broadcast_run(broadcast, 7000, stream);
    plan.more = &described;
    broadcast_change(broadcast, &plan);
    broadcast_run(broadcast, 7000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpint(ABS(viewing_measure_ms(viewing, job) - 30000), <, 1500);
    g_autoptr(Played) voice = viewing_play(viewing, "voice");
    g_assert_cmpuint(voice->tones->len, >=, 13);
    g_autoptr(Played) second = viewing_play(viewing, "voice-eng");
    g_autoptr(Played) third = viewing_play(viewing, "voice-tha-ad");
    g_assert_cmpuint(second->bad + third->bad, ==, 0);
    g_assert_cmpuint(second->tones->len, >=, 4);
    g_assert_cmpuint(third->tones->len, >=, 1);
    guint same = 0;
    for (guint i = 0; i < second->tones->len; i++)
        for (guint k = 0; k < voice->tones->len; k++)
            same += ABS(g_array_index(second->tones, gint64, i) -
                        g_array_index(voice->tones, gint64, k)) <= 25;
    g_assert_cmpuint(same, ==, second->tones->len);
    // In the midst there was none, and at the end it is another.
    g_assert_cmpuint(count_parts(viewing, "voice-eng"), >=, 3);
    g_assert_cmpuint(count_parts(viewing, "voice-eng"), <=, 6);
    g_assert_cmpuint(count_parts(viewing, "voice-tha-ad"), >=, 1);
}

/* A small picture each ten seconds, whatever becomes of the rest. */
static void
test_scrub(void)
{
    const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, TRUE, 12, NULL, NULL};
    g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
    g_autoptr(GByteArray) stream = g_byte_array_new();
    g_autoptr(ChildLiveJob) job = make_job("voice,small", "scrub");
    broadcast_run(broadcast, 22000, stream);
    g_autoptr(Viewing) viewing = view(job, stream);
    g_assert_cmpuint(count_parts(viewing, "scrub"), ==, 3);
    gsize length = 0;
    g_autofree char *picture =
        read_part(viewing, viewing_get_segment(viewing, 0), "scrub", &length);
    g_assert_nonnull(picture);
    g_assert_cmpuint(length, <, 6000);
    g_assert_cmpmem(picture, 4, "RIFF", 4);
    g_assert_cmpmem(picture + 8, 4, "WEBP", 4);
}

/* A job that wants one picture gets it and nothing else; a service that cannot give one says why.
 */
static void
test_snapshot(void)
{
    const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 720, 576, TRUE, 12, NULL, NULL};
    const BroadcastPlan radio = {0x100, 0, 0x218, FALSE, 0, 0, FALSE, 0, NULL, NULL};
    static const char *const codes[] = {NULL, "encrypted", "no-streams"};
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        g_autoptr(Broadcast) broadcast = broadcast_new(i == 2 ? &radio : &plan, 0, START_MS);
        g_autoptr(GByteArray) stream = g_byte_array_new();
        g_autoptr(ChildLiveJob) job = make_job("scrub", "");
        if (i == 1)
            broadcast_scramble(broadcast, TRUE);
        broadcast_run(broadcast, 3000, stream);
        g_autoptr(Viewing) viewing = view(job, stream);
        g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_INIT, NULL), ==, 0);
        g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_FAILED, codes[i]), ==,
                         codes[i] != NULL);
        g_assert_cmpuint(count_parts(viewing, "scrub"), ==, codes[i] == NULL);
        if (codes[i] != NULL)
            continue;
        gsize length = 0;
        g_autofree char *picture =
            read_part(viewing, viewing_get_segment(viewing, 0), "scrub", &length);
        g_assert_cmpmem(picture + 8, 4, "WEBP", 4);
        g_assert_cmpuint(viewing_count(viewing, CHILD_LIVE_REPORT_DONE, NULL), ==, 1);
    }
}

/* Pictures whose bar is red. */
static guint
count_red(const Played *played)
{
    guint count = 0;
    for (guint i = 0; i < played->tints->len; i++)
        count += g_array_index(played->tints, PlayedTint, i).red > 180;
    return count;
}

/* The bar stands when it is to, in red alone, and nothing else has changed its colour. Returns: how
 * many pictures showed it. */
static guint
assert_burnt(const Played *played)
{
    for (guint i = 0; i < played->tints->len; i++) {
        const PlayedTint *tint = &g_array_index(played->tints, PlayedTint, i);
        gint64 flash = 0;
        for (guint k = 0; k < played->flashes->len; k++)
            if (g_array_index(played->flashes, gint64, k) <= tint->ms)
                flash = g_array_index(played->flashes, gint64, k);
        gint64 late_ms = tint->ms - flash - BROADCAST_BAR_MS;
        g_assert_cmpuint(ABS(tint->far - 128), <=, 6);
        g_assert_cmpuint(tint->blue, <=, 140);
        if (flash == 0 || ABS(late_ms) <= 80 || ABS(late_ms - BROADCAST_BAR_LASTS_MS) <= 80)
            continue;
        gboolean wanted = late_ms > 0 && late_ms < BROADCAST_BAR_LASTS_MS;
        g_assert_cmpint(tint->red > 180, ==, wanted);
        g_assert_cmpint(tint->red > 140, ==, wanted);
    }
    return count_red(played);
}

/* DVB subtitles in the rung that was asked for and in no other: the lowest, or a named one; on
 * pages of two sizes; through a step of the clock. */
static void
test_burnt(void)
{
    static const BroadcastMore mores[] = {{.bitmap_pid = 0x221},
                                          {.bitmap_pid = 0x221, .large_page = TRUE}};
    static const char *const rungs[][2] = {{"small", "medium"}, {"medium", "small"}};
    for (guint i = 0; i < G_N_ELEMENTS(mores); i++) {
        BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, TRUE, 12, NULL, &mores[i]};
        g_autoptr(Broadcast) broadcast = broadcast_new(&plan, WRAP - 3 * SECOND, START_MS);
        g_autoptr(GByteArray) stream = g_byte_array_new();
        g_autoptr(ChildLiveJob) job = make_job("voice,small,medium", "");
        g_free(job->burn_language);
        job->burn_language = g_strdup("tha");
        if (i == 1) {
            g_free(job->burn_rung);
            job->burn_rung = g_strdup(rungs[i][0]);
        }
        broadcast_run(broadcast, 5000, stream);
        broadcast_step_clock(broadcast, 4000 * SECOND);
        broadcast_run(broadcast, 5000, stream);
        g_autoptr(Viewing) viewing = view(job, stream);
        g_autoptr(Played) burnt = viewing_play(viewing, rungs[i][0]);
        g_autoptr(Played) plain = viewing_play(viewing, rungs[i][1]);
        g_assert_cmpuint(burnt->bad + plain->bad, ==, 0);
        g_assert_cmpuint(assert_burnt(burnt), >=, 3 * 8);
        g_assert_cmpuint(plain->tints->len, >=, 100);
        g_assert_cmpuint(count_red(plain), ==, 0);
    }
}

/* Tuned in just before a page and a caption are sent, and no sound or picture has taught yet where
 * stamps belong: the first ones are not lost. */
static void
test_first_pages(void)
{
    static const BroadcastMore more = {.text_pid = 0x220, .bitmap_pid = 0x221};
    static const guint first_ms[] = {BROADCAST_MARK_MS + BROADCAST_BAR_MS, BROADCAST_MARK_MS};
    const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, TRUE, 12, NULL, &more};
    for (guint i = 0; i < G_N_ELEMENTS(first_ms); i++) {
        g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
        g_autoptr(GByteArray) missed = g_byte_array_new();
        g_autoptr(GByteArray) stream = g_byte_array_new();
        g_autoptr(ChildLiveJob) job = make_job("voice,small", "captions");
        g_free(job->burn_language);
        job->burn_language = g_strdup("tha");
        broadcast_run(broadcast, first_ms[i] - 80, missed);
        broadcast_mute(broadcast, FALSE, TRUE);
        broadcast_run(broadcast, 320, stream);
        broadcast_mute(broadcast, FALSE, FALSE);
        broadcast_run(broadcast, 1600, stream);
        g_autoptr(Viewing) viewing = view(job, stream);
        g_autoptr(Played) burnt = viewing_play(viewing, "small");
        g_autoptr(CaptionsCues) cues = read_captions(viewing, "captions-tha");
        g_assert_cmpuint(cues->cues->len, ==, 1);
        // The first key picture comes late in its time.
        g_assert_cmpuint(count_red(burnt), >=, 4);
    }
}

/* Off unless wanted, and a language that is not there changes nothing. */
static void
test_not_burnt(void)
{
    static const BroadcastMore more = {.bitmap_pid = 0x221};
    static const char *const languages[] = {"", "lao"};
    const BroadcastPlan plan = {0x100, 0x200, 0x210, FALSE, 352, 288, TRUE, 12, NULL, &more};
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        g_autoptr(Broadcast) broadcast = broadcast_new(&plan, 10 * SECOND, START_MS);
        g_autoptr(GByteArray) stream = g_byte_array_new();
        g_autoptr(ChildLiveJob) job = make_job("voice,small", "");
        g_free(job->burn_language);
        job->burn_language = g_strdup(languages[i]);
        broadcast_run(broadcast, 4000, stream);
        g_autoptr(Viewing) viewing = view(job, stream);
        g_autoptr(Played) plain = viewing_play(viewing, "small");
        g_assert_cmpuint(plain->tints->len, >=, 40);
        g_assert_cmpuint(count_red(plain), ==, 0);
    }
}

static void
test_names(void)
{
    static const char *const names[] = {"voice-eng",         "voice-und-2",  "captions-tha-hi",
                                        "captions-tha-hi-4", "voice-tha-ad", "scrub"};
    static const char *const rungs[] = {"voice",       "voice-opus",   "voice-eng-1",
                                        "voice-eng-9", "voice-ENG",    "captions-",
                                        "captions-th", "voice-eng-xx", "captions-tha-hi-ad",
                                        "scrub-2",     "small",        "voice-eng-"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const ChildLiveTrack track = child_live_track_parse(names[i]);
        g_assert_cmpint(track.kind, !=, CHILD_LIVE_TRACK_RUNG);
        g_autofree char *name = child_live_track_format(&track);
        g_assert_cmpstr(name, ==, names[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(rungs); i++)
        g_assert_cmpint(child_live_track_parse(rungs[i]).kind, ==, CHILD_LIVE_TRACK_RUNG);
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/live/extras/names", test_names);
    g_test_add_func("/live/extras/teletext", test_teletext);
    g_test_add_func("/live/extras/voices", test_voices);
    g_test_add_func("/live/extras/burnt", test_burnt);
    g_test_add_func("/live/extras/first-pages", test_first_pages);
    g_test_add_func("/live/extras/not-burnt", test_not_burnt);
    g_test_add_func("/live/extras/scrub", test_scrub);
    g_test_add_func("/live/extras/snapshot", test_snapshot);
    return g_test_run();
}
