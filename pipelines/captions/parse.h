// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Foreign bytes to cues: finds out the encoding (UTF-8, UTF-16, TIS-620 and its relatives) and the
// format (WebVTT or SubRip). Pure.
#pragma once

#include "pipelines/captions/cues.h"
#include "pipelines/captions/faults.h"

/**
 * captions_parse_bytes:
 * @faults: takes what is wrong, with line numbers
 *
 * Returns: (transfer full) (nullable): the cues in order, at least one; NULL when @faults has
 * errors. Any thread.
 */
CaptionsCues *captions_parse_bytes(const guint8 *bytes, gsize length, CaptionsFaults *faults);
