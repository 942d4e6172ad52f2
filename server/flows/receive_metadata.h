// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a person typed about a lesson when its bytes set out: file name, title, description,
// language. One value type, made by the tus header parser and by import, checked here once for
// both. Never shortens what was typed: what does not fit is refused with a reason.
#pragma once

#include <glib.h>

#define FLOWS_RECEIVE_METADATA_FILENAME_BYTES 1024
#define FLOWS_RECEIVE_METADATA_TITLE_BYTES 1000
#define FLOWS_RECEIVE_METADATA_DESCRIPTION_BYTES 20000
#define FLOWS_RECEIVE_METADATA_LANGUAGE_BYTES 35

typedef struct {
    char *filename;    // (owned) (nullable): base name as the client calls it, UTF-8
    char *title;       // (owned) (nullable): one line, UTF-8
    char *description; // (owned) (nullable): UTF-8, line feeds allowed
    char *language;    // (owned) (nullable): BCP 47 tag
} FlowsReceiveMetadata;

typedef enum {
    FLOWS_RECEIVE_METADATA_FINE,
    FLOWS_RECEIVE_METADATA_MALFORMED,
    FLOWS_RECEIVE_METADATA_NOT_TEXT,
    FLOWS_RECEIVE_METADATA_FILENAME_TOO_LONG,
    FLOWS_RECEIVE_METADATA_TITLE_TOO_LONG,
    FLOWS_RECEIVE_METADATA_DESCRIPTION_TOO_LONG,
    FLOWS_RECEIVE_METADATA_BAD_LANGUAGE,
} FlowsReceiveMetadataVerdict;

FlowsReceiveMetadata *flows_receive_metadata_new(void);
FlowsReceiveMetadata *flows_receive_metadata_copy(const FlowsReceiveMetadata *metadata);
void flows_receive_metadata_free(FlowsReceiveMetadata *metadata);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsReceiveMetadata, flows_receive_metadata_free)

/**
 * flows_receive_metadata_check:
 * @metadata: texts as they came, in any state; tidied in place
 *
 * Trims each text, drops a folder in front of the file name, puts a title on one line, makes empty
 * texts NULL, and gives a lesson without a title one from its file name. Any thread.
 *
 * Returns: FINE, or the first reason to refuse.
 */
FlowsReceiveMetadataVerdict flows_receive_metadata_check(FlowsReceiveMetadata *metadata);

/** Returns: (transfer full): "Lesson_03-fractions.mp4" as a title, "Lesson 03-fractions". */
char *flows_receive_metadata_title_from_filename(const char *filename);
