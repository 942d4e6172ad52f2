// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Parses, lets tls/keep.c do it, and says what was made and what to do next.
#include "server/verbs/tls.h"

#include <sysexits.h>

#include "server/clock.h"
#include "server/storage.h"
#include "server/tls/issue.h"
#include "server/tls/keep.h"
#include "server/verbs/common.h"

typedef struct {
    char **names;           // (owned) (nullable), as typed
    int days;               // as typed
    gboolean new_authority; // as typed
} Options;

static const char *
say_outcome(TlsKeepOutcome outcome)
{
    switch (outcome) {
    case TLS_KEEP_UNCHANGED:
        return verbs_common_say("ใบรับรองยังใช้ได้ ไม่ได้เปลี่ยนอะไร",
                                "The certificate is good; nothing was changed.");
    case TLS_KEEP_RENEWED:
        return verbs_common_say("ต่ออายุใบรับรองแล้ว อุปกรณ์ที่เชื่อถือไว้แล้วไม่ต้องทำอะไรอีก",
                                "The certificate was renewed; devices that trust the authority "
                                "need not do anything.");
    case TLS_KEEP_MADE:
        return verbs_common_say(
            "สร้างผู้ออกใบรับรองและใบรับรองของเครื่องนี้แล้ว",
            "A certificate authority and a certificate for this box were made.");
    }
    return "";
}

static void
print_day(const char *label, gint64 ms)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(ms / 1000);
    g_autofree char *day = g_date_time_format(when, "%Y-%m-%d");
    g_print("  %s: %s\n", label, day);
}

static void
print_names(const TlsNames *names)
{
    g_print("  %s:", verbs_common_say("ใช้ได้กับ", "good for"));
    for (guint i = 0; i < names->hosts->len; i++)
        g_print(" %s", (const char *)names->hosts->pdata[i]);
    for (guint i = 0; i < names->addresses->len; i++) {
        g_autofree char *text = g_inet_address_to_string(names->addresses->pdata[i]);
        g_print(" %s", text);
    }
    g_print("\n");
}

static void
print_result(const TlsKeep *keep, TlsKeepOutcome outcome)
{
    g_print("%s\n", say_outcome(outcome));
    g_print("  %s: %s\n", verbs_common_say("ผู้ออกใบรับรอง", "authority"), keep->authority_name);
    g_print("  SHA-256: %s\n", keep->fingerprint);
    print_names(keep->names);
    print_day(verbs_common_say("ใบรับรองหมดอายุ", "certificate ends"), keep->until_ms);
    print_day(verbs_common_say("ผู้ออกใบรับรองหมดอายุ", "authority ends"), keep->authority_until_ms);
    g_print("%s\n",
            verbs_common_say(
                "ขั้นต่อไป: เริ่ม daorian serve ใหม่ แล้วเปิดหน้า /trust จากโทรศัพท์หรือเครื่องแต่ละเครื่อง "
                "(เช่น http://ที่อยู่เครื่องนี้:8080/trust) และทำตามขั้นตอน",
                "Next: restart daorian serve, then open /trust on each phone or computer (for "
                "instance http://ADDRESS:8080/trust) and follow the steps there."));
}

static gboolean
collect_names(const Options *options, TlsNames *names)
{
    for (guint i = 0; options->names != NULL && options->names[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        if (tls_names_add(names, options->names[i], &error))
            continue;
        g_printerr("daorian: --name: %s\n",
                   verbs_common_say("ต้องเป็นชื่อเครื่องหรือที่อยู่ IP เช่น box.local หรือ 192.168.1.10",
                                    error->message));
        return FALSE;
    }
    return TRUE;
}

static int
run(const ServerConfig *config, const Options *options)
{
    g_autoptr(TlsNames) names = tls_names_new();
    if (!collect_names(options, names))
        return EX_USAGE;
    g_autoptr(TlsNames) machine = tls_names_new();
    tls_names_add_machine(machine);
    g_autoptr(ServerStorage) storage = server_storage_new(config->data_folder);
    g_autoptr(ServerClock) clock = server_clock_new_system();
    g_autofree char *folder = server_storage_build_tls_path(storage);
    g_autoptr(GError) error = NULL;
    if (!server_storage_create(storage, &error))
        return verbs_common_report(error);
    TlsKeepOrder order = {
        .folder = folder,
        .names = names,
        .wishes = machine,
        .now_ms = server_clock_now_ms(clock),
        .days = (guint)options->days,
        .new_authority = options->new_authority,
    };
    TlsKeepOutcome outcome = TLS_KEEP_UNCHANGED;
    g_autoptr(TlsKeep) keep = tls_keep_ensure(&order, &outcome, &error);
    if (keep == NULL) {
        verbs_common_report(error);
        gboolean invalid = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
        return invalid ? EX_DATAERR : EX_CANTCREAT;
    }
    print_result(keep, outcome);
    return EX_OK;
}

int
verbs_tls_run(int argc, char **argv)
{
    g_auto(VerbsCommon) common = {0};
    Options options = {.days = TLS_ISSUE_DAYS_MAX - 1};
    const GOptionEntry extra[] = {
        {"name", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.names,
         verbs_common_say("ชื่อหรือที่อยู่ที่ใช้เปิดเครื่องนี้เพิ่มเติม ใส่ซ้ำได้",
                          "One more name or address this box is opened by; may be repeated"),
         "NAME"},
        {"days", 0, 0, G_OPTION_ARG_INT, &options.days,
         verbs_common_say("อายุใบรับรองเป็นวัน (ปกติ 396)", "Life of the certificate (default 396)"),
         "N"},
        {"new-authority", 0, 0, G_OPTION_ARG_NONE, &options.new_authority,
         verbs_common_say("สร้างผู้ออกใบรับรองใหม่ ทุกอุปกรณ์ต้องเชื่อถือใหม่",
                          "Begin with a new authority, which every device must trust anew"),
         NULL},
        G_OPTION_ENTRY_NULL,
    };
    int exit_code = verbs_common_parse(
        &common, &argc, &argv, "",
        verbs_common_say("ทำใบรับรองสำหรับ HTTPS ของเครื่องนี้ สั่งซ้ำเพื่อต่ออายุ",
                         "Makes this box's certificates for HTTPS; repeating it renews them."),
        extra);
    g_auto(GStrv) names = options.names;
    if (exit_code != EX_OK)
        return exit_code;
    if (argc > 1)
        return verbs_common_complain(EX_USAGE, "tls ไม่รับชื่อแฟ้ม ใช้ --name",
                                     "tls takes names with --name");
    if (options.days < 1 || options.days >= TLS_ISSUE_DAYS_MAX)
        return verbs_common_complain(EX_USAGE, "--days ต้องอยู่ระหว่าง 1 ถึง 396",
                                     "--days is a number from 1 to 396");
    g_autoptr(ServerConfig) config = verbs_common_load(&common, &exit_code);
    return config != NULL ? run(config, &options) : exit_code;
}
