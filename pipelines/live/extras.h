// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a channel has beside its rungs: other sounds, text captions, small pictures; and subtitles
// that are drawn into one of them. Follows the
// tables by itself: a track that vanishes leaves no parts, one that returns goes on under its name,
// another language is another track. What is wrong with any of it harms no rung. One thread.
#pragma once

#include "pipelines/live/ladder.h"
#include "pipelines/live/mixer.h"
#include "pipelines/live/timeline.h"
#include "pipelines/tables/packet.h"
#include "pipelines/tables/service.h"

typedef struct _LiveExtras LiveExtras;

/** What says where things belong. */
typedef struct {
    const LiveTimeline *timeline; // (unowned) of picture and sound
    const LiveMixer *mixer;       // (unowned)
    LiveLadder *ladder;           // (unowned) takes what is made
} LiveExtrasPlace;

/** @place: copied, what it names is borrowed for life. Returns: (transfer
 * full). */
LiveExtras *live_extras_new(const ChildLiveJob *job, const LiveExtrasPlace *place);
void live_extras_free(LiveExtras *extras);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveExtras, live_extras_free)

/** What the tables say now; @sound: (nullable): what the rungs have. Cheap where nothing changed.
 */
void live_extras_follow(LiveExtras *extras, const TablesService *service,
                        const TablesStream *sound);

/** Takes any packet of the service. */
void live_extras_push(LiveExtras *extras, const TablesPacket *packet);

/** No more come. */
void live_extras_finish(LiveExtras *extras);
