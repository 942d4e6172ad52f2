// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The small texts of headers and paths: languages, entity tags, forwarded addresses, names in a
// bundle.
#include "server/api/peer.h"
#include "server/api/revision.h"
#include "server/sentences.h"
#include "server/storage.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    gint64 revision = -1;
    ServerSentencesLanguage language = server_sentences_choose_language(text);
    g_assert_true(language == SERVER_SENTENCES_THAI || language == SERVER_SENTENCES_ENGLISH);
    if (api_revision_parse_etag(text, &revision))
        g_assert_cmpint(revision, >=, -1);
    const char *address = api_peer_find_last(text);
    g_assert_true(address == NULL || g_hostname_is_ip_address(address));
    g_autoptr(ServerStorage) storage = server_storage_new("/data");
    g_autofree char *path = server_storage_build_bundle_file_path(
        storage, "01900000-0000-7000-8000-000000000000", text);
    g_assert_true(path == NULL || strstr(path, "/.") == NULL);
    return 0;
}
