// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes whole pictures of interlaced ones. Progressive pictures pass through untouched; nothing is
// set up before the first interlaced one comes. One thread.
#pragma once

#include <glib.h>

struct AVFrame;
typedef struct _EncodeDeinterlace EncodeDeinterlace;

EncodeDeinterlace *encode_deinterlace_new(void);
void encode_deinterlace_free(EncodeDeinterlace *deinterlace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeDeinterlace, encode_deinterlace_free)

/** @frame: (nullable): its contents are moved away; NULL: no more come. */
gboolean encode_deinterlace_push(EncodeDeinterlace *deinterlace, struct AVFrame *frame,
                                 GError **error);

/** Moves the next picture into the blank @frame. Returns: FALSE when there is none yet. */
gboolean encode_deinterlace_pull(EncodeDeinterlace *deinterlace, struct AVFrame *frame);
