// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Why a foreign file cannot be read: the error domain of every source. Each code exists because a
// caller says a different sentence for it.
#pragma once

#include <glib.h>

typedef enum {
    SOURCE_FAILURE_NOT_MEDIA,         // no known media format
    SOURCE_FAILURE_NO_STREAMS,        // a media file without picture and sound
    SOURCE_FAILURE_UNSUPPORTED_CODEC, // no decoder for what it holds
    SOURCE_FAILURE_ENCRYPTED,         // only with a key that nobody gave
    SOURCE_FAILURE_DAMAGED,           // known format, nothing usable decodes
    SOURCE_FAILURE_TOO_LARGE,         // more pixels than the limit
    SOURCE_FAILURE_TIMED_OUT,         // a wait reached its bound
    SOURCE_FAILURE_CANCELLED,         // the caller's stop function said so
} SourceFailure;

#define SOURCE_FAILURE (source_failure_quark())
GQuark source_failure_quark(void);
