// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The configuration: defaults, every key, and each kind of mistake with its line.
#include "server/config.h"

#include <string.h>

static void
assert_refused(const char *text, const char *where, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config = server_config_parse(text, strlen(text), "test.conf", &error);
    g_assert_null(config);
    g_assert_nonnull(error);
    g_assert_true(error->domain == G_KEY_FILE_ERROR);
    g_assert_true(g_str_has_prefix(error->message, where));
    g_assert_nonnull(strstr(error->message, why));
}

static void
test_defaults(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config = server_config_parse("", 0, "test.conf", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->listen_address, ==, "127.0.0.1");
    g_assert_cmpuint(config->listen_port, ==, 8080);
    g_assert_cmpstr(config->data_folder, ==, "./data");
    g_assert_cmpstr(config->site_zone, ==, "Asia/Bangkok");
    g_assert_cmpuint(config->upload_days, ==, 7);
    g_assert_true(config->sandbox_required);
}

static void
test_all_keys(void)
{
    static const char text[] = "# comment\n"
                               "[server]\n"
                               "listen = [::1]:0\n"
                               "secure_listen = [::]:8444\n"
                               "public_url = https://lessons.example/\n"
                               "tls_certificate=/etc/a b.pem\n"
                               "tls_key=/etc/key.pem\n"
                               "delivery_threads = 3\n"
                               "\n"
                               "[storage]\r\n"
                               "data = /srv/ดาวเรียน\n"
                               "free_floor_bytes = 10G\n"
                               "upload_limit_bytes = 123456789\n"
                               "user_limit_bytes = 1T\n"
                               "upload_days = 3\n"
                               "original_days = 30\n"
                               "expired_days = 14\n"
                               "[encoder]\n"
                               "sandbox = no\n"
                               "children = 2\n"
                               "memory = 512M\n"
                               "silence_s = 60\n"
                               "clean_sound = no\n"
                               "richer_recordings = no\n"
                               "[site]\n"
                               "zone = UTC\n"
                               "title = โรงเรียน = บ้าน\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config = server_config_parse(text, strlen(text), "test.conf", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->listen_address, ==, "::1");
    g_assert_cmpuint(config->listen_port, ==, 0);
    g_assert_cmpstr(config->secure_address, ==, "::");
    g_assert_cmpuint(config->secure_port, ==, 8444);
    g_assert_false(config->secure_off);
    g_assert_cmpstr(config->public_url, ==, "https://lessons.example");
    g_assert_cmpstr(config->tls_certificate, ==, "/etc/a b.pem");
    g_assert_cmpuint(config->delivery_threads, ==, 3);
    g_assert_cmpstr(config->data_folder, ==, "/srv/ดาวเรียน");
    g_assert_cmpint(config->free_floor_bytes, ==, (gint64)10 << 30);
    g_assert_cmpint(config->upload_limit_bytes, ==, 123456789);
    g_assert_cmpint(config->user_limit_bytes, ==, (gint64)1 << 40);
    g_assert_cmpuint(config->original_days, ==, 30);
    g_assert_cmpuint(config->expired_days, ==, 14);
    g_assert_false(config->sandbox_required);
    g_assert_cmpuint(config->encoder_children, ==, 2);
    g_assert_cmpint(config->encoder_memory_bytes, ==, (gint64)512 << 20);
    g_assert_cmpuint(config->encoder_silence_s, ==, 60);
    g_assert_false(config->clean_sound);
    g_assert_false(config->richer_recordings);
    g_assert_cmpstr(config->site_title, ==, "โรงเรียน = บ้าน");
}

static void
test_mistakes(void)
{
    assert_refused("[server]\nlisten = 127.0.0.1\n", "test.conf:2: listen:", "ADDR:PORT");
    assert_refused("[server]\nlisten = localhost:80\n", "test.conf:2: listen:", "ADDR:PORT");
    assert_refused("[server]\nlisten = ::1:80\n", "test.conf:2: listen:", "brackets");
    assert_refused("[server]\nlisten = 127.0.0.1:65536\n", "test.conf:2: listen:", "ADDR:PORT");
    assert_refused("[server]\nsecure_listen = 8443\n", "test.conf:2: secure_listen:", "ADDR:PORT");
    assert_refused("[server]\npublic_url = ftp://x\n", "test.conf:2: public_url:", "http");
    assert_refused("[server]\npublic_url = http://x/y\n", "test.conf:2: public_url:", "http");
    assert_refused("[server]\ntls_key = k.pem\n", "test.conf:1:", "go together");
    assert_refused("[server]\ndelivery_threads = 0\n", "test.conf:2:", "from 1 to 64");
    assert_refused("[server]\ndelivery_threads = two\n", "test.conf:2:", "whole number");
    assert_refused("\n\n[sever]\n", "test.conf:3:", "no section [sever]");
    assert_refused("[server\n", "test.conf:1:", "brackets");
    assert_refused("[server]\nport = 1\n", "test.conf:2:", "no key port");
    assert_refused("listen = 127.0.0.1:1\n", "test.conf:1:", "no key listen");
    assert_refused("[site]\nlisten = 127.0.0.1:1\n", "test.conf:2:", "no key listen in [site]");
    assert_refused("[site]\nzone = Asia/Nowhere\n", "test.conf:2: zone:", "time zone");
    assert_refused("[site]\ntitle = \n", "test.conf:2: title:", "empty");
    assert_refused("[site]\ntitle = a\ntitle = b\n", "test.conf:3:", "given twice");
    assert_refused("[site]\ntitle\n", "test.conf:2:", "key = value");
    assert_refused("[encoder]\nsandbox = maybe\n", "test.conf:2:", "yes or no");
    assert_refused("[storage]\nfree_floor_bytes = 1X\n", "test.conf:2:", "K, M, G or T");
    assert_refused("[storage]\nfree_floor_bytes = 9999999999T\n", "test.conf:2:", "from 0 to");
    assert_refused("[storage]\nfree_floor_bytes = -1\n", "test.conf:2:", "from 0 to");
    assert_refused("[site]\ntitle = \xff\n", "test.conf:1:", "UTF-8");
}

static void
test_example(gconstpointer path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ServerConfig) config = server_config_load(path, &error);
    g_assert_no_error(error);
    g_autoptr(ServerConfig) plain = server_config_new_default();
    g_assert_cmpint(config->user_limit_bytes, ==, plain->user_limit_bytes);
    g_assert_cmpint(config->free_floor_bytes, ==, plain->free_floor_bytes);
    g_assert_cmpuint(config->encoder_silence_s, ==, plain->encoder_silence_s);
    g_assert_true(config->clean_sound);
    g_assert_true(config->richer_recordings);
    g_assert_cmpstr(config->listen_address, ==, plain->listen_address);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_autofree char *example = g_build_filename(argv[1], "docs", "daorian.conf", NULL);
    g_test_add_func("/server/config/defaults", test_defaults);
    g_test_add_func("/server/config/all-keys", test_all_keys);
    g_test_add_func("/server/config/mistakes", test_mistakes);
    g_test_add_data_func("/server/config/example", example, test_example);
    return g_test_run();
}
