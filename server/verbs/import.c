// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Options in, one call of the flow.
#include "server/verbs/import.h"

#include <sysexits.h>

#include "server/app.h"
#include "server/flows/import.h"
#include "server/verbs/common.h"

static void
on_import_ended(gpointer user_data)
{
    g_main_loop_quit(user_data);
}

int
verbs_import_run(int argc, char **argv)
{
    gboolean wait = FALSE;
    const GOptionEntry entries[] = {
        {"wait", 0, 0, G_OPTION_ARG_NONE, &wait,
         verbs_common_say("รอจนแปลงเสร็จ", "Wait until every lesson is fully encoded"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(VerbsCommon) common = {0};
    int exit_code = verbs_common_parse(
        &common, &argc, &argv, "FILE…",
        verbs_common_say("นำแฟ้มและโฟลเดอร์เข้าเป็นบทเรียน", "Makes lessons of files and folders."),
        entries);
    if (exit_code != EX_OK)
        return exit_code;
    if (argc < 2)
        return verbs_common_complain(EX_USAGE, "โปรดระบุแฟ้มที่จะนำเข้า", "say which files to import");
    g_autoptr(ServerConfig) config = verbs_common_load(&common, &exit_code);
    if (config == NULL)
        return exit_code;
    g_autofree char *media_program = server_app_find_media_program();
    FlowsImportRequest request = {
        .paths = (const char *const *)argv + 1,
        .wait = wait,
        .media_program = media_program,
    };
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    FlowsImport *import = flows_import_start(config, &request, on_import_ended, loop);
    g_main_loop_run(loop);
    return flows_import_free(import);
}
