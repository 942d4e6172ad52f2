// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Frees what finish made.
#include "pipelines/package/result.h"

void
package_result_free(PackageResult *result)
{
    g_free(result->file);
    g_free(result->index);
    g_free(result->sha256);
    g_free(result->codecs);
    g_free(result);
}
