// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Accounts straight in the catalogue; a running server notices.
#include "server/verbs/user.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "catalog/accounts.h"
#include "catalog/ids.h"
#include "catalog/passwords.h"
#include "catalog/tokens.h"
#include "server/clock.h"
#include "server/verbs/common.h"

#define PASSWORD_BYTES_MAX 1024

// What one `user` verb works with.
typedef struct {
    char *name;              // (owned) (nullable), the account's
    char *role;              // (owned) (nullable), as typed
    char *display_name;      // (owned) (nullable), as typed
    char *label;             // (owned) (nullable), of a token
    gboolean from_stdin;     // the password comes from standard input
    char *hash;              // (owned) (nullable), of the password
    char *token;             // (owned) (nullable), the result
    GPtrArray *lines;        // (owned) (nullable), the result
    CatalogAuditStamp stamp; // when; by the verb itself
} User;

static void
clear_user(User *user)
{
    g_free(user->name);
    g_free(user->role);
    g_free(user->display_name);
    g_free(user->label);
    g_free(user->hash);
    g_free(user->token);
    g_clear_pointer(&user->lines, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(User, clear_user)

// Reads one line without showing it.
static gboolean
read_line(char *line, gboolean hidden)
{
    struct termios before, quiet;
    hidden = hidden && tcgetattr(STDIN_FILENO, &before) == 0;
    if (hidden) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    gboolean got = fgets(line, PASSWORD_BYTES_MAX, stdin) != NULL;
    if (hidden) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        g_printerr("\n");
    }
    line[got ? strcspn(line, "\r\n") : 0] = '\0';
    return got;
}

// Sets user->hash from what is typed or piped in.
static int
read_password(User *user)
{
    char line[PASSWORD_BYTES_MAX] = "";
    g_autoptr(GError) error = NULL;
    gboolean typed = !user->from_stdin && isatty(STDIN_FILENO) == 1;
    if (!user->from_stdin && !typed)
        return verbs_common_complain(EX_USAGE, "โปรดใช้ --password-stdin",
                                     "give the password with --password-stdin");
    if (typed)
        g_printerr("%s: ", verbs_common_say("รหัสผ่าน", "Password"));
    gboolean got = read_line(line, typed);
    if (got)
        user->hash = catalog_passwords_hash(line, &error);
    sodium_memzero(line, sizeof line);
    if (!got)
        return verbs_common_complain(EX_DATAERR, "ไม่ได้รับรหัสผ่าน", "no password was given");
    return user->hash != NULL ? EX_OK : verbs_common_report(error);
}

static gboolean
write_account(CatalogDatabase *database, gpointer data, GError **error)
{
    User *user = data;
    CatalogAccountRole role = CATALOG_ACCOUNT_ROLE_LEARNER;
    catalog_account_role_from_text(user->role, &role);
    g_autofree char *id = catalog_ids_new(user->stamp.now_ms);
    g_autoptr(CatalogAccount) account = catalog_account_new(id, user->name, role);
    if (user->display_name != NULL) {
        g_free(account->display_name);
        account->display_name = g_strdup(user->display_name);
    }
    return catalog_accounts_create(database, account, user->hash, &user->stamp, error);
}

static gboolean
write_password(CatalogDatabase *database, gpointer data, GError **error)
{
    User *user = data;
    g_autoptr(CatalogAccount) account = catalog_accounts_get_by_name(database, user->name, error);
    return account != NULL && catalog_accounts_set_password(database, account->id, user->hash, NULL,
                                                            &user->stamp, error);
}

static gboolean
write_token(CatalogDatabase *database, gpointer data, GError **error)
{
    User *user = data;
    g_autoptr(CatalogAccount) account = catalog_accounts_get_by_name(database, user->name, error);
    if (account == NULL)
        return FALSE;
    user->token =
        catalog_tokens_create(database, account->id, user->label != NULL ? user->label : "daorian",
                              &user->stamp, NULL, error);
    return user->token != NULL;
}

static gboolean
read_accounts(CatalogDatabase *database, gpointer data, GError **error)
{
    User *user = data;
    g_autofree char *cursor = NULL;
    user->lines = g_ptr_array_new_with_free_func(g_free);
    // A page names the next; the last names none.
    for (gboolean more = TRUE; more;) {
        g_autoptr(CatalogPage) page =
            catalog_accounts_list(database, cursor, CATALOG_PAGE_LIMIT_MAX, error);
        if (page == NULL)
            return FALSE;
        for (guint i = 0; i < page->items->len; i++) {
            const CatalogAccount *account = page->items->pdata[i];
            g_ptr_array_add(user->lines,
                            g_strdup_printf("%s\t%s\t%s", account->name,
                                            catalog_account_role_to_text(account->role),
                                            account->disabled ? "disabled" : "enabled"));
        }
        g_free(cursor);
        cursor = g_steal_pointer(&page->next_cursor);
        more = cursor != NULL;
    }
    return TRUE;
}

static int
run_work(const VerbsCommon *common, CatalogDatabaseWork work, User *user)
{
    int exit_code = EX_OK;
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config = verbs_common_load(common, &exit_code);
    if (config == NULL)
        return exit_code;
    g_autoptr(CatalogDatabase) database = verbs_common_open(config, &exit_code);
    if (database == NULL)
        return exit_code;
    gboolean good = work == read_accounts
                        ? catalog_database_run_read(database, work, user, &error)
                        : catalog_database_run_write(database, work, user, &error);
    return good ? EX_OK : verbs_common_report(error);
}

static int
run_add(const VerbsCommon *common, User *user)
{
    CatalogAccountRole role = CATALOG_ACCOUNT_ROLE_LEARNER;
    if (!catalog_account_role_from_text(user->role, &role))
        return verbs_common_complain(
            EX_USAGE, "โปรดระบุ --role: administrator manager teacher staff volunteer learner",
            "give --role: administrator manager teacher staff volunteer learner");
    int exit_code = read_password(user);
    return exit_code != EX_OK ? exit_code : run_work(common, write_account, user);
}

static int
run_passwd(const VerbsCommon *common, User *user)
{
    int exit_code = read_password(user);
    return exit_code != EX_OK ? exit_code : run_work(common, write_password, user);
}

static int
run_token(const VerbsCommon *common, User *user)
{
    int exit_code = run_work(common, write_token, user);
    if (exit_code == EX_OK)
        g_print("%s\n", user->token);
    return exit_code;
}

static int
run_list(const VerbsCommon *common, User *user)
{
    int exit_code = run_work(common, read_accounts, user);
    for (guint i = 0; exit_code == EX_OK && i < user->lines->len; i++)
        g_print("%s\n", (const char *)user->lines->pdata[i]);
    return exit_code;
}

// The verbs under `user`, and whether each takes a name.
static const struct {
    const char *word;                                  // what is typed
    int (*run)(const VerbsCommon *common, User *user); // returns an exit code
    int names;                                         // how many it takes
} verbs[] = {
    {"add", run_add, 1},
    {"passwd", run_passwd, 1},
    {"token", run_token, 1},
    {"list", run_list, 0},
};

static int
choose(const VerbsCommon *common, User *user, int argc, char **argv)
{
    for (guint i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(verbs[i].word, argv[1]) != 0)
            continue;
        if (argc != 2 + verbs[i].names)
            return verbs_common_complain(EX_USAGE, "จำนวนชื่อไม่ถูกต้อง",
                                         verbs[i].names == 1 ? "say which name"
                                                             : "list takes no name");
        user->name = g_strdup(argc > 2 ? argv[2] : NULL);
        return verbs[i].run(common, user);
    }
    return verbs_common_complain(EX_USAGE, "ใช้: user add|passwd|token|list",
                                 "use: user add|passwd|token|list");
}

int
verbs_user_run(int argc, char **argv)
{
    g_auto(User) user = {0};
    g_auto(VerbsCommon) common = {0};
    const GOptionEntry entries[] = {
        {"role", 0, 0, G_OPTION_ARG_STRING, &user.role,
         verbs_common_say("บทบาท (add)", "The role (add)"), "ROLE"},
        {"display-name", 0, 0, G_OPTION_ARG_STRING, &user.display_name,
         verbs_common_say("ชื่อที่แสดง (add)", "The name that others see (add)"), "TEXT"},
        {"label", 0, 0, G_OPTION_ARG_STRING, &user.label,
         verbs_common_say("ป้ายของโทเค็น (token)", "What the token is for (token)"), "TEXT"},
        {"password-stdin", 0, 0, G_OPTION_ARG_NONE, &user.from_stdin,
         verbs_common_say("อ่านรหัสผ่านจากอินพุต (add, passwd)",
                          "Read the password from standard input (add, passwd)"),
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    int exit_code = verbs_common_parse(
        &common, &argc, &argv, "add|passwd|token|list NAME",
        verbs_common_say("จัดการบัญชีผู้ใช้", "Makes and lists accounts; prints a bearer token."),
        entries);
    if (exit_code != EX_OK)
        return exit_code;
    g_autoptr(ServerClock) clock = server_clock_new_system();
    user.stamp.now_ms = server_clock_now_ms(clock);
    return choose(&common, &user, argc, argv);
}
