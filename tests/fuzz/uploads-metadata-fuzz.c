// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Upload-Metadata from a stranger: whatever is accepted is UTF-8 within its limits.
#include "server/api/uploads_metadata.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_text(const char *text, gsize most_bytes)
{
    if (text == NULL)
        return;
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_cmpuint(strlen(text), <=, most_bytes);
    g_assert_cmpuint(strlen(text), >, 0);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    FlowsReceiveMetadataVerdict verdict;
    g_autofree char *header = g_strndup((const char *)data, size);
    g_autoptr(FlowsReceiveMetadata) metadata = api_uploads_metadata_parse(header, &verdict);
    g_assert_true((metadata != NULL) == (verdict == FLOWS_RECEIVE_METADATA_FINE));
    if (metadata == NULL)
        return 0;
    check_text(metadata->filename, FLOWS_RECEIVE_METADATA_FILENAME_BYTES);
    check_text(metadata->title, FLOWS_RECEIVE_METADATA_TITLE_BYTES);
    check_text(metadata->description, FLOWS_RECEIVE_METADATA_DESCRIPTION_BYTES);
    check_text(metadata->language, FLOWS_RECEIVE_METADATA_LANGUAGE_BYTES);
    return 0;
}
