// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Text of any encoding that Thai caption files come in, to UTF-8. Guesses only where the bytes
// leave no doubt: text in another eight-bit code is refused rather than shown as Thai. Pure.
#pragma once

#include "pipelines/captions/faults.h"

/**
 * captions_decode_text:
 *
 * Byte order marks first (UTF-8, UTF-16), then UTF-16 by its zero bytes, then UTF-8, then TIS-620
 * with what windows-874 and ISO 8859-11 add, when the bytes follow Thai spelling. Returns:
 * (transfer full) (nullable): UTF-8 with line feeds alone between lines and no control characters
 * but tabs; NULL when @faults got an error.
 */
char *captions_decode_text(const guint8 *bytes, gsize length, CaptionsFaults *faults);
