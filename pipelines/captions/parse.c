// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// bytes → text → cues.
#include "pipelines/captions/parse.h"

#include "pipelines/captions/decode.h"
#include "pipelines/captions/subrip.h"
#include "pipelines/captions/webvtt.h"

CaptionsCues *
captions_parse_bytes(const guint8 *bytes, gsize length, CaptionsFaults *faults)
{
    g_autofree char *text = captions_decode_text(bytes, length, faults);
    if (text == NULL)
        return NULL;
    if (captions_webvtt_is_one(text))
        return captions_webvtt_parse(text, faults);
    if (captions_subrip_is_one(text))
        return captions_subrip_parse(text, faults);
    captions_faults_add(faults, 0, CAPTIONS_FAULTS_NOT_CAPTIONS);
    return NULL;
}
