// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the verbs have in common: the options every verb takes, the configuration they lead to,
// sentences in the caller's language, exit codes of sysexits.h.
#pragma once

#include "catalog/database.h"
#include "server/config.h"

/** The options of every verb, as typed. */
typedef struct {
    char *config_path; // (owned) (nullable)
    char *data_folder; // (owned) (nullable)
    char *listen;      // (owned) (nullable)
} VerbsCommon;

/** Frees what is inside. */
void verbs_common_clear(VerbsCommon *common);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VerbsCommon, verbs_common_clear)

/** Returns: (transfer none): @thai where LC_MESSAGES says Thai, else @english. Main thread. */
const char *verbs_common_say(const char *thai, const char *english);

/**
 * verbs_common_parse:
 * @form: what stands behind the verb in the help, e.g. `FILE…`
 * @summary: what the verb does, one sentence
 * @extra: (nullable): options of this verb alone
 *
 * Takes options out of @argv, whose first is the verb; `--help` prints and exits 0.
 * Returns: 0, or EX_USAGE with a sentence on standard error.
 */
int verbs_common_parse(VerbsCommon *common, int *argc, char ***argv, const char *form,
                       const char *summary, const GOptionEntry *extra);

/** Returns: (transfer full): the configuration, or NULL with @exit_code set (EX_CONFIG, EX_NOINPUT,
 * EX_USAGE) and a sentence on standard error. */
ServerConfig *verbs_common_load(const VerbsCommon *common, int *exit_code);

/** Returns: (transfer full): the catalogue of the data folder, made where missing; NULL with
 * @exit_code set and a sentence on standard error. */
CatalogDatabase *verbs_common_open(const ServerConfig *config, int *exit_code);

/** Prints @error on standard error. Returns: the code of sysexits.h that fits. */
int verbs_common_report(const GError *error);

/** Prints a sentence on standard error. Returns: @exit_code. */
int verbs_common_complain(int exit_code, const char *thai, const char *english);

/** Runs a verb whose one argument is a folder: @run with the configuration and that folder, as
 * typed. Returns: the exit code of @run, or EX_USAGE or EX_CONFIG with a sentence on standard
 * error. */
int verbs_common_run_on_folder(int argc, char **argv, const char *summary,
                               int (*run)(const ServerConfig *config, const char *folder));
