// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// CEA-708 captions (CTA-708-E), which libavcodec leaves out: triplets in, cues out, a list a
// service. Pure; one thread. Fed by closed.c.
#pragma once

#include "pipelines/captions/cues.h"

// Service 1 is the primary language, 2 a secondary one; more are hardly ever used.
#define CAPTIONS_CEA708_SERVICES 6

typedef struct _CaptionsCea708 CaptionsCea708;

CaptionsCea708 *captions_cea708_new(void);
void captions_cea708_free(CaptionsCea708 *captions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsCea708, captions_cea708_free)

/** @triplets: cc_data of one picture, EIA-608 among it or not; @pts_us: when it is shown. */
void captions_cea708_take(CaptionsCea708 *captions, const guint8 *triplets, gsize length,
                          gint64 pts_us);

/** Nothing more comes. @service: from 1. Returns: (transfer full): its cues, maybe none. */
CaptionsCues *captions_cea708_finish(CaptionsCea708 *captions, guint service);
