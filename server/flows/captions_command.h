// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The recogniser's command line: what the configuration says, with the sound's path and the
// language put in, inside walls where the machine has them. Pure.
#pragma once

#include "pipelines/child/sandbox.h"

#define FLOWS_CAPTIONS_COMMAND_SOUND "{sound}"
#define FLOWS_CAPTIONS_COMMAND_LANGUAGE "{language}"

typedef struct {
    const char *command;     // (unowned) as configured: words, quoted as a shell would
    const char *sound;       // (unowned) path of the sound file
    const char *language;    // (unowned) BCP 47
    const char *data_folder; // (unowned) absolute: hidden from the command but for the sound
    gboolean network;        // (value) it may talk to the network
} FlowsCaptionsCommandPlaces;

/**
 * flows_captions_command_build:
 *
 * `{sound}` and `{language}` stand for what they name, anywhere in a word; a command that names
 * neither gets both as its last two words. No shell sees them. With bubblewrap the command sees the
 * system read-only, an empty /tmp, of the data folder the sound alone (and itself, should it lie
 * there), no other process, and no network unless allowed.
 *
 * Returns: (transfer full): the words, or NULL with a GShellError.
 */
GStrv flows_captions_command_build(const ChildSandbox *sandbox,
                                   const FlowsCaptionsCommandPlaces *places, GError **error);
