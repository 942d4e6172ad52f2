// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Stands in the link while flows/import.c is being written; server/meson.build leaves it out once that is there.
#include "server/flows/import.h"

int
flows_import_run(const ServerConfig *config, const FlowsImportRequest *request)
{
    return 69;
}
