// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Addresses as technicians type them, and those that nobody can open.
#include <gio/gio.h>

#include "pipelines/intake/address.h"

/* All fields in one line. */
static char *
describe(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(IntakeAddress) address = intake_address_parse(text, &error);
    if (address == NULL) {
        g_assert_nonnull(error);
        return g_strdup("wrong");
    }
    g_assert_no_error(error);
    g_autofree char *sources = g_strjoinv(",", address->sources);
    return g_strdup_printf("%d %s %s %u [%s] %s %s", address->kind,
                           address->path != NULL ? address->path : "-",
                           address->host != NULL ? address->host : "-", address->port, sources,
                           address->interface != NULL ? address->interface : "-",
                           address->local != NULL ? address->local : "-");
}

static void
test_addresses(void)
{
    static const struct {
        const char *text;     // as typed
        const char *expected; // kind path host port sources interface local
    } rows[] = {
        {"some folder/a.ts", "0 some folder/a.ts - 0 [] - -"},
        {"file:a.ts", "0 a.ts - 0 [] - -"},
        {"file:///srv/a%20b.ts", "0 /srv/a b.ts - 0 [] - -"},
        {"C:a.ts", "0 C:a.ts - 0 [] - -"},
        {"udp://239.1.1.1:5004", "1 - 239.1.1.1 5004 [] - -"},
        {"udp:239.1.1.1:5004", "1 - 239.1.1.1 5004 [] - -"},
        {"UDP://@239.1.1.1:5004/", "1 - 239.1.1.1 5004 [] - -"},
        {"udp://@:5004", "1 - 0.0.0.0 5004 [] - -"},
        {"udp://10.0.0.9@232.1.1.1:5004", "1 - 232.1.1.1 5004 [10.0.0.9] - -"},
        {"rtp://232.1.1.1:5004?interface=eth1&sources=10.0.0.9,10.0.0.8&pkt_size=1316",
         "2 - 232.1.1.1 5004 [10.0.0.9,10.0.0.8] eth1 -"},
        {"udp://239.1.1.1:5004?localaddr=192.168.1.2", "1 - 239.1.1.1 5004 [] - 192.168.1.2"},
        {"udp://[ff3e::1]:5004", "1 - ff3e::1 5004 [] - -"},
        {"http://box.local:9981/stream", "3 - - 0 [] - -"},
        {"https://box.local/a.ts", "3 - - 0 [] - -"},
        {"srt://box:9000?mode=caller", "4 - - 0 [] - -"},
        {"satip://box/?src=1", "5 - box 554 [] - -"},
        {"satip://[fd00::2]:5540/?freq=1", "5 - fd00::2 5540 [] - -"},
        {"satip://box/", "wrong"},
        {"satip:///?freq=1", "wrong"},
        {"satip://user@box/?freq=1", "wrong"},
        {"dvb://?frequency=3520", "6 - - 0 [] - -"},
        {"", "wrong"},
        {"file:", "wrong"},
        {"file://elsewhere.example\x01/a", "wrong"},
        {"gopher://x", "wrong"},
        {"udp:", "wrong"},
        {"udp://?interface=lo", "wrong"},
        {"udp://239.1.1.1", "wrong"},
        {"udp://239.1.1.1:0", "wrong"},
        {"udp://239.1.1.1:70000", "wrong"},
        {"udp://box.local:5004", "wrong"},
        {"udp://x@239.1.1.1:5004", "wrong"},
        {"udp://239.1.1.1:5004?localaddr=eth0", "wrong"},
        {"udp://239.1.1.1:5004?interface=", "wrong"},
        {"http://", "wrong"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *described = describe(rows[i].text);
        g_test_message("%s", rows[i].text);
        g_assert_cmpstr(described, ==, rows[i].expected);
    }
}

static void
test_srt(void)
{
    g_autoptr(IntakeAddress) caller = intake_address_parse(
        "SRT://[fd00::2]:9000/?pkt_size=1316&passphrase=one%20two%20three%26&streamid=#!::r=a,m=b"
        "&pbkeylen=24&latency=300",
        NULL);
    g_assert_nonnull(caller);
    g_assert_false(caller->srt->listens);
    g_assert_cmpstr(caller->srt->host, ==, "fd00::2");
    g_assert_cmpuint(caller->srt->port, ==, 9000);
    g_assert_cmpstr(caller->srt->passphrase, ==, "one two three&");
    g_assert_cmpstr(caller->srt->stream_id, ==, "#!::r=a,m=b");
    g_assert_cmpuint(caller->srt->key_bytes, ==, 24);
    g_assert_cmpuint(caller->srt->latency_ms, ==, 300);
    g_autoptr(IntakeAddress) listener = intake_address_parse("srt://@:9000?passphrase=", NULL);
    g_assert_nonnull(listener);
    g_assert_true(listener->srt->listens);
    g_assert_null(listener->srt->host);
    g_assert_null(listener->srt->passphrase);
}

static void
test_secrets(void)
{
    static const struct {
        const char *text;   // as typed
        const char *hidden; // for eyes
    } rows[] = {
        {"srt://a:1?passphrase=0123456789&mode=caller", "srt://a:1?passphrase=***&mode=caller"},
        {"srt:a:1?x=1&PassPhrase=s", "srt:a:1?x=1&PassPhrase=***"},
        {"srt://a:1?passphrase=a&passphrase=b", "srt://a:1?passphrase=***&passphrase=***"},
        {"http://me:secret@box/a.ts?b=c@d", "http://me:***@box/a.ts?b=c@d"},
        {"http://me:a@b@box/a.ts", "http://me:***@box/a.ts"},
        {"http://box:80/a:b@c", "http://box:80/a:b@c"},
        {"udp://10.0.0.9@232.1.1.1:5004", "udp://10.0.0.9@232.1.1.1:5004"},
        {"", ""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *hidden = intake_address_hide_secrets(rows[i].text);
        g_assert_cmpstr(hidden, ==, rows[i].hidden);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/address/all", test_addresses);
    g_test_add_func("/intake/address/srt", test_srt);
    g_test_add_func("/intake/address/secrets", test_secrets);
    return g_test_run();
}
