// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Options, configuration, words and exit codes of the verbs.
#include "server/verbs/common.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "catalog/error.h"
#include "server/storage.h"

void
verbs_common_clear(VerbsCommon *common)
{
    g_clear_pointer(&common->config_path, g_free);
    g_clear_pointer(&common->data_folder, g_free);
    g_clear_pointer(&common->listen, g_free);
}

const char *
verbs_common_say(const char *thai, const char *english)
{
    const char *locale = setlocale(LC_MESSAGES, NULL);
    return locale != NULL && g_str_has_prefix(locale, "th") ? thai : english;
}

int
verbs_common_complain(int exit_code, const char *thai, const char *english)
{
    g_printerr("daorian: %s\n", verbs_common_say(thai, english));
    return exit_code;
}

int
verbs_common_parse(VerbsCommon *common, int *argc, char ***argv, const char *form,
                   const char *summary, const GOptionEntry *extra)
{
    const GOptionEntry entries[] = {
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &common->config_path,
         verbs_common_say("แฟ้มการตั้งค่า", "The configuration file"), "FILE"},
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &common->data_folder,
         verbs_common_say("โฟลเดอร์ข้อมูล (ปกติ ./data)", "The data folder (default ./data)"), "DIR"},
        {"listen", 0, 0, G_OPTION_ARG_STRING, &common->listen,
         verbs_common_say("ที่อยู่ที่รับการเชื่อมต่อ (ปกติ 127.0.0.1:8080)",
                          "Where to listen (default 127.0.0.1:8080)"),
         "ADDR:PORT"},
        G_OPTION_ENTRY_NULL,
    };
    g_autofree char *usage = g_strdup_printf("%s %s", (*argv)[0], form);
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_strdup_printf("daorian %s", usage);
    g_set_prgname(g_strstrip(program));
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, NULL);
    if (extra != NULL)
        g_option_context_add_main_entries(context, extra, NULL);
    if (g_option_context_parse(context, argc, argv, &error))
        return EX_OK;
    g_printerr("daorian: %s\n", error->message);
    return EX_USAGE;
}

ServerConfig *
verbs_common_load(const VerbsCommon *common, int *exit_code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config = common->config_path != NULL
                                         ? server_config_load(common->config_path, &error)
                                         : server_config_new_default();
    if (config == NULL) {
        g_assert(error != NULL); // only a load fails, and then says why
        g_printerr("daorian: %s\n", error->message);
        *exit_code = error->domain == G_KEY_FILE_ERROR ? EX_CONFIG : EX_NOINPUT;
        return NULL;
    }
    if (common->listen != NULL && !server_config_set_listen(config, common->listen, &error)) {
        g_printerr("daorian: --listen %s: %s\n", common->listen, error->message);
        *exit_code = EX_USAGE;
        return NULL;
    }
    if (common->data_folder != NULL) {
        g_free(config->data_folder);
        config->data_folder = g_strdup(common->data_folder);
    }
    return g_steal_pointer(&config);
}

static int
choose_catalog_code(int code)
{
    switch ((CatalogError)code) {
    case CATALOG_ERROR_NOT_FOUND:
        return EX_NOUSER;
    case CATALOG_ERROR_CONFLICT:
    case CATALOG_ERROR_EXISTS:
    case CATALOG_ERROR_INVALID:
    case CATALOG_ERROR_CORRUPT:
        return EX_DATAERR;
    case CATALOG_ERROR_BUSY:
        return EX_TEMPFAIL;
    case CATALOG_ERROR_NEWER_SCHEMA:
        return EX_CONFIG;
    case CATALOG_ERROR_IO:
        return EX_IOERR;
    }
    return EX_SOFTWARE;
}

int
verbs_common_report(const GError *error)
{
    g_printerr("daorian: %s\n", error->message);
    if (error->domain == CATALOG_ERROR)
        return choose_catalog_code(error->code);
    if (error->domain == G_FILE_ERROR)
        return error->code == G_FILE_ERROR_ACCES ? EX_NOPERM : EX_CANTCREAT;
    return EX_UNAVAILABLE;
}

CatalogDatabase *
verbs_common_open(const ServerConfig *config, int *exit_code)
{
    g_autoptr(ServerStorage) storage = server_storage_new(config->data_folder);
    g_autofree char *path = server_storage_build_catalog_path(storage);
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = NULL;
    if (server_storage_create(storage, &error))
        database = catalog_database_open(path, &error);
    if (database == NULL)
        *exit_code = verbs_common_report(error);
    return database;
}

int
verbs_common_run_on_folder(int argc, char **argv, const char *summary,
                           int (*run)(const ServerConfig *config, const char *folder))
{
    g_auto(VerbsCommon) common = {0};
    int exit_code = verbs_common_parse(&common, &argc, &argv, "DIR", summary, NULL);
    if (exit_code != EX_OK)
        return exit_code;
    if (argc != 2)
        return verbs_common_complain(EX_USAGE, "โปรดระบุโฟลเดอร์หนึ่งโฟลเดอร์", "say which folder");
    g_autoptr(ServerConfig) config = verbs_common_load(&common, &exit_code);
    return config != NULL ? run(config, argv[1]) : exit_code;
}
