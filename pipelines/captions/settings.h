// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The settings after a cue's times (WebVTT §4.4): where it stands. Pure.
#pragma once

#include <glib.h>

/**
 * captions_settings_clean:
 * @words: what follows the times
 * @understood: (out): FALSE when something was left out
 *
 * Returns: (transfer full) (nullable): the settings that are right, each at most once; NULL for
 * none. Regions are left out, since REGION blocks are.
 */
char *captions_settings_clean(const char *words, gboolean *understood);
