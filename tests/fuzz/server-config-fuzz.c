// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any text is a configuration in range or an error with its line.
#include "server/config.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config =
        server_config_parse((const char *)data, size, "fuzz.conf", &error);
    g_assert_true((config == NULL) == (error != NULL));
    if (config == NULL) {
        g_assert_true(g_str_has_prefix(error->message, "fuzz.conf:"));
        return 0;
    }
    g_assert_true(config->delivery_threads >= 1 && config->delivery_threads <= 64);
    g_assert_true(config->free_floor_bytes >= 0 && config->upload_limit_bytes >= 1);
    g_assert_true(*config->data_folder != '\0' && *config->site_title != '\0');
    return 0;
}
