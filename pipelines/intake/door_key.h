// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The personal stream key in what a caller says at the door (SRT's stream id), and its hash: the
// same as the catalogue keeps of every secret. Pure.
#pragma once

#include <glib.h>

#define INTAKE_DOOR_KEY_MOST 128

/**
 * intake_door_key_find:
 * @stream_id: foreign: the key alone, `publish:KEY`, or the form of SRT's access control
 * (`#!::r=KEY,m=publish`)
 *
 * Returns: (transfer full) (nullable): the key, letters, digits, `-` and `_` alone; NULL when there
 * is none.
 */
char *intake_door_key_find(const char *stream_id);

/** Returns: (transfer full): lower-case hex, 64 characters. */
char *intake_door_key_hash(const char *key);
