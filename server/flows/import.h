// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian import [--wait] FILE…`: files and folders become lessons by the same flow as an upload.
// Called by the verb with a checked configuration; may run beside a server on the same data folder.
#pragma once

#include "server/config.h"

typedef struct {
    const char *const *paths;  // (unowned): files and folders, NULL-terminated
    gboolean wait;             // until every lesson is fully encoded or failed
    const char *media_program; // (unowned): path of daorian-media, for wait
} FlowsImportRequest;

typedef struct _FlowsImport FlowsImport;

/**
 * flows_import_start:
 * @config: (transfer none): outlives the import
 * @request: (transfer none): outlives the import
 * @ended: called once, from the default main context, when there is nothing more to do
 *
 * Makes the data folder and the catalogue where missing. Copies each file, prints one lesson id a
 * line on standard output (with wait: when it is fully encoded) and one sentence for each failure
 * on standard error, in Thai or English after LC_MESSAGES. With wait and no server it takes the
 * encoder lock and encodes by itself. SIGTERM and SIGINT end it in order. Reads folders: start-up
 * only.
 *
 * Returns: (transfer full): the import; free it after @ended.
 */
FlowsImport *flows_import_start(const ServerConfig *config, const FlowsImportRequest *request,
                                void (*ended)(gpointer user_data), gpointer user_data);

/**
 * flows_import_free:
 *
 * Returns: a code of sysexits.h: 0 when every file became a lesson, EX_DATAERR when any failed,
 * EX_NOINPUT when nothing was there to import, EX_IOERR when the data folder cannot be used,
 * EX_TEMPFAIL when it was told to stop.
 */
int flows_import_free(FlowsImport *import);
