// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sees ordered re-encodes through to their ends, for the verb: an encoder supervisor of our own (it
// stands by while a server has the lock) and a watch until the last lesson has ended. Main context.
#pragma once

#include "server/config.h"

typedef struct _FlowsReencodeWait FlowsReencodeWait;

/**
 * flows_reencode_wait_start:
 * @config: (transfer none): outlives the wait
 * @lessons: (element-type utf8): at least one
 * @media_program: path of daorian-media
 * @ended: called once when nothing more is to come
 *
 * Prints each lesson's id when it is done, a sentence on standard error when it failed.
 * Returns: (transfer full).
 */
FlowsReencodeWait *flows_reencode_wait_start(const ServerConfig *config, GPtrArray *lessons,
                                             const char *media_program,
                                             void (*ended)(gpointer user_data), gpointer user_data);

/** Ended ones only. Returns: EX_OK, EX_DATAERR when any failed, EX_TEMPFAIL when told to stop,
 * EX_IOERR when the data folder cannot be used. */
int flows_reencode_wait_free(FlowsReencodeWait *wait);
