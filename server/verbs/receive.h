// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What scan, guide and probe have in common: their options, and a transport stream from any address
// read until it ends, enough came, time is over or somebody presses Ctrl-C.
#pragma once

#include "pipelines/intake/signal.h"
#include "pipelines/tables/demux.h"

/** The options of the three verbs, as typed. */
typedef struct {
    const char *uri;         // (unowned) of argv
    int seconds;             // (value) 0: the verb's own
    gboolean text;           // (value) for people instead of JSON lines
    char *text_default;      // (owned) (nullable)
    char *language;          // (owned) (nullable) guide alone
    gboolean all;            // (value) other multiplexes too
    TablesTextCode fallback; // (value) what text_default means
} VerbsReceiveOptions;

typedef struct {
    const VerbsReceiveOptions *options;   // (unowned)
    int seconds;                          // (value) of a stream without an end when none were typed
    gboolean (*is_enough)(TablesDemux *); // (nullable) ends a stream without an end
    IntakeSignal *signal;                 // (unowned) (nullable) takes what a tuner said last
} VerbsReceiveOrder;

/** Frees what is inside. */
void verbs_receive_clear(VerbsReceiveOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VerbsReceiveOptions, verbs_receive_clear)

/** Takes the options out of @argv, whose first is the verb. Returns: 0, or EX_USAGE with a sentence
 * on standard error. */
int verbs_receive_parse(VerbsReceiveOptions *options, int *argc, char ***argv, const char *summary);

/** Reads the stream; runs a main loop. Returns: (transfer full): what came, or NULL with @exit_code
 * set and a sentence on standard error when it cannot be opened or held no packet. */
TablesDemux *verbs_receive_run(const VerbsReceiveOrder *order, int *exit_code);
