// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A service as a head-end sends it, coded at run time: a picture that flashes and a tone, together
// once every two seconds, so that a test can see and hear whether both still are together. What
// happens to real services can be made to happen: other codecs, PIDs, sizes, clocks, tracks
// missing.
#pragma once

#include "tests/support/transport.h"

#define BROADCAST_MARK_MS 2000 // from mark to mark
#define BROADCAST_MARK_LASTS_MS 200
// A red bar at the lower edge, so long after each mark, for so long.
#define BROADCAST_BAR_MS 600
#define BROADCAST_BAR_LASTS_MS 800

/** What few services have. */
typedef struct {
    gboolean newest;      // (value) HEVC and LATM in the place of H.264 and ADTS
    guint16 second_pid;   // (value) the same sound once more, 0: none
    const char *language; // (static) (nullable) of the second sound
    guint8 purpose;       // (value) audio_type of the second sound
    guint16 text_pid;     // (value) teletext with a caption at each mark, 0: none
    guint16 bitmap_pid;   // (value) bars as DVB subtitles in Thai, other ones in English, 0: none
    gboolean large_page;  // (value) their places are counted in 1920 by 1080
    guint16 pcr_pid;      // (value) as the PMT says it, 0: none is named
    guint sound_hz;       // (value) samples that its clock gives a second, 0: as it says, 48,000
    guint hole_every_ms;  // (value) so often sound is missing for a while, 0: never
    const char *spoken;   // (static) (nullable) language of the first sound, else Thai
    guint thin;           // (value) bits a second of all of it, 0: as many as a channel has
} BroadcastMore;

typedef struct {
    guint16 pmt_pid;           // (value)
    guint16 picture_pid;       // (value) 0: none
    guint16 sound_pid;         // (value) 0: none
    gboolean modern;           // (value) H.264 and AAC, else MPEG-2 and MP2
    guint width;               // (value)
    guint height;              // (value)
    guint wide;                // (value) shown as 16:9, else 4:3
    guint key_interval;        // (value) pictures
    const char *dolby;         // (static) (nullable) `ac3` or `eac3` in the place of MP2 or AAC
    const BroadcastMore *more; // (unowned) (nullable)
} BroadcastPlan;

typedef struct _Broadcast Broadcast;

/** @first_pts90k: where its clock begins. @start_ms: Unix time. Returns: (transfer full). */
Broadcast *broadcast_new(const BroadcastPlan *plan, gint64 first_pts90k, gint64 start_ms);
void broadcast_free(Broadcast *broadcast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Broadcast, broadcast_free)

/** From now on it is sent like this; the PMT says so. */
void broadcast_change(Broadcast *broadcast, const BroadcastPlan *plan);

/** The clock steps, unannounced. */
void broadcast_step_clock(Broadcast *broadcast, gint64 pts90k);

/** Packets of picture and sound are marked as scrambled, or not. */
void broadcast_scramble(Broadcast *broadcast, gboolean scrambled);

/** Whether pictures and sound are sent; the PMT names them all the same. */
void broadcast_mute(Broadcast *broadcast, gboolean no_picture, gboolean no_sound);

/** The PAT names nothing, and nothing of it is sent; FALSE: it is there again. */
void broadcast_vanish(Broadcast *broadcast, gboolean vanished);

/** What TDT says is wrong by so much. */
void broadcast_set_clock_error(Broadcast *broadcast, gint64 ms);

/** Appends the next @ms (a multiple of 40). */
void broadcast_run(Broadcast *broadcast, guint ms, GByteArray *out);
