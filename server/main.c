// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daorian executable: finds the verb and runs it.
#include <locale.h>
#include <string.h>
#include <sysexits.h>

#include <glib.h>

#include "server/verbs/backup.h"
#include "server/verbs/check.h"
#include "server/verbs/common.h"
#include "server/verbs/guide.h"
#include "server/verbs/import.h"
#include "server/verbs/probe.h"
#include "server/verbs/re_encode.h"
#include "server/verbs/restore.h"
#include "server/verbs/scan.h"
#include "server/verbs/serve.h"
#include "server/verbs/tls.h"
#include "server/verbs/user.h"

static int
run_version(int argc, char **argv)
{
    g_print("daorian %s\n", DAORIAN_VERSION);
    return EX_OK;
}

static const struct {
    const char *word;                  // what is typed
    int (*run)(int argc, char **argv); // returns an exit code
    const char *form;                  // for the help
    const char *thai;                  // what it does
    const char *english;               // what it does
} verbs[] = {
    {"serve", verbs_serve_run, "serve", "เปิดเครื่องแม่ข่าย", "run the server"},
    {"import", verbs_import_run, "import [--wait] FILE…", "นำแฟ้มเข้าเป็นบทเรียน",
     "make lessons of files"},
    {"re-encode", verbs_re_encode_run, "re-encode [--wait] LESSON…", "แปลงบทเรียนใหม่",
     "make lessons' files anew"},
    {"user", verbs_user_run, "user add|passwd|token|list", "จัดการบัญชีผู้ใช้", "manage accounts"},
    {"backup", verbs_backup_run, "backup DIR", "สำรองข้อมูล", "copy everything to a folder"},
    {"restore", verbs_restore_run, "restore DIR", "กู้คืนข้อมูลสำรอง", "make a backup the data folder"},
    {"check", verbs_check_run, "check", "ตรวจความครบถ้วน", "check catalogue and files"},
    {"tls", verbs_tls_run, "tls [--name NAME]…", "ทำใบรับรองสำหรับ HTTPS ของเครื่องนี้",
     "make this box's certificates for HTTPS"},
    {"scan", verbs_scan_run, "scan URI", "แสดงช่องในสัญญาณโทรทัศน์",
     "list the services of a broadcast"},
    {"guide", verbs_guide_run, "guide URI", "แสดงผังรายการในสัญญาณ",
     "list the programmes of a broadcast"},
    {"probe", verbs_probe_run, "probe URI", "ตรวจคุณภาพสัญญาณ", "measure a broadcast"},
    {"version", run_version, "version", "แสดงรุ่น", "print the version"},
};

static void
print_help(void)
{
    g_print("daorian VERB [--config FILE] [--data DIR] [--listen ADDR:PORT]\n\n");
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_print("  %-28s %s\n", verbs[i].form, verbs_common_say(verbs[i].thai, verbs[i].english));
    g_print("\n%s\n", verbs_common_say("daorian VERB --help บอกรายละเอียดของแต่ละคำสั่ง",
                                       "daorian VERB --help tells more about each."));
}

// Options may stand before the verb, each with its value; the verb is the first word that is
// neither.
static int
find_verb(int argc, char **argv)
{
    static const char *const valued[] = {"--config", "--data", "--listen", NULL};
    int at = 1;
    while (at < argc && g_str_has_prefix(argv[at], "--"))
        at += g_strv_contains(valued, argv[at]) ? 2 : 1;
    return at;
}

static gboolean
wants_help(int argc, char **argv)
{
    return argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
           strcmp(argv[1], "help") == 0;
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    if (wants_help(argc, argv)) {
        print_help();
        return argc < 2 ? EX_USAGE : EX_OK;
    }
    if (strcmp(argv[1], "--version") == 0)
        return run_version(argc, argv);
    int at = find_verb(argc, argv);
    for (guint i = 0; at < argc && i < G_N_ELEMENTS(verbs); i++) {
        if (strcmp(verbs[i].word, argv[at]) != 0)
            continue;
        // The verb takes the program's place, the options before it stay behind it.
        char *word = argv[at];
        memmove(argv + 2, argv + 1, (gsize)(at - 1) * sizeof *argv);
        argv[1] = word;
        return verbs[i].run(argc - 1, argv + 1);
    }
    return verbs_common_complain(EX_USAGE, "ไม่มีคำสั่งนี้ ดู daorian --help",
                                 "there is no such verb; see daorian --help");
}
