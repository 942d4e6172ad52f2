// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Why a rung or a job ends without success, beyond what a source says itself, and the one table
// from errors of any layer below to the failure codes of ARCHITECTURE.md.
#pragma once

#include <glib.h>

typedef enum {
    ENCODE_FAILURE_INTERNAL,  // a codec or filter refused what it should take
    ENCODE_FAILURE_TOO_LONG,  // longer than the limit
    ENCODE_FAILURE_TOO_SHORT, // nothing to show
    ENCODE_FAILURE_MEMORY,    // an allocation failed
    ENCODE_FAILURE_GONE,      // the parent is gone
} EncodeFailure;

#define ENCODE_FAILURE (encode_failure_quark())
GQuark encode_failure_quark(void);

/** Returns: (static): the code for the `failed`, `rung-failed` and `warning` lines. */
const char *encode_failure_to_code(const GError *error);

/** Sets ENCODE_FAILURE_INTERNAL or _MEMORY for the libav error @code met at @step. Returns: FALSE.
 */
gboolean encode_failure_set(GError **error, int code, const char *step);
