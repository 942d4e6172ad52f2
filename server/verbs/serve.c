// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Loads the configuration, builds the app, runs it.
#include "server/verbs/serve.h"

#include <sysexits.h>

#include "server/app.h"
#include "server/verbs/common.h"

int
verbs_serve_run(int argc, char **argv)
{
    g_auto(VerbsCommon) common = {0};
    int exit_code = verbs_common_parse(
        &common, &argc, &argv, "",
        verbs_common_say("เปิดเครื่องแม่ข่ายบทเรียน", "Runs the lesson server."), NULL);
    if (exit_code != EX_OK)
        return exit_code;
    if (argc > 1)
        return verbs_common_complain(EX_USAGE, "serve ไม่รับชื่อแฟ้ม", "serve takes no arguments");
    ServerConfig *config = verbs_common_load(&common, &exit_code);
    if (config == NULL)
        return exit_code;
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerApp) app = server_app_new(config, &error);
    if (app == NULL || !server_app_serve(app, &error))
        return verbs_common_report(error);
    return EX_OK;
}
