// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// TLS with a certificate made on the spot by openssl, read by libsoup's client; plain bytes on its
// port.
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/server/http/fixture.h"

typedef struct {
    char *folder;      // (owned)
    char *certificate; // (owned)
    char *key;         // (owned)
} Identity;

static void
make_identity(Identity *identity)
{
    g_autoptr(GError) error = NULL;
    int status = -1;
    const char *arguments[] = {"openssl",
                               "req",
                               "-x509",
                               "-newkey",
                               "ec",
                               "-pkeyopt",
                               "ec_paramgen_curve:P-256",
                               "-nodes",
                               "-days",
                               "2",
                               "-subj",
                               "/CN=localhost",
                               "-keyout",
                               NULL,
                               "-out",
                               NULL,
                               NULL};

    identity->folder = g_dir_make_tmp("daorian-tls-XXXXXX", NULL);
    identity->certificate = g_build_filename(identity->folder, "cert.pem", NULL);
    identity->key = g_build_filename(identity->folder, "key.pem", NULL);
    arguments[13] = identity->key;
    arguments[15] = identity->certificate;
    g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

static void
clear_identity(Identity *identity)
{
    unlink(identity->certificate);
    unlink(identity->key);
    rmdir(identity->folder);
    g_free(identity->certificate);
    g_free(identity->key);
    g_free(identity->folder);
}

static gboolean
accept_any(SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           gpointer user_data)
{
    return TRUE;
}

static GBytes *
ask(SoupSession *session, Fixture *fixture, const char *scheme, const char *path, const char *range,
    guint *status)
{
    g_autofree char *uri =
        g_strdup_printf("%s://127.0.0.1:%u%s", scheme, http_server_get_port(fixture->server), path);
    g_autoptr(SoupMessage) message = soup_message_new("GET", uri);
    g_autoptr(GError) error = NULL;
    GBytes *body;

    g_signal_connect(message, "accept-certificate", G_CALLBACK(accept_any), NULL);
    if (range)
        soup_message_headers_append(soup_message_get_request_headers(message), "Range", range);
    body = soup_session_send_and_read(session, message, NULL, &error);
    g_assert_no_error(error);
    *status = soup_message_get_status(message);
    return body;
}

static void
fetch_everything(Fixture *fixture, const char *scheme)
{
    g_autoptr(SoupSession) session = soup_session_new();

    for (guint i = 0; i < 5; i++) {
        guint status = 0;
        g_autoptr(GBytes) hello = ask(session, fixture, scheme, "/hello?name=tls", NULL, &status);
        g_autoptr(GBytes) big = NULL;
        g_autoptr(GBytes) part = NULL;
        g_assert_cmpuint(status, ==, 200);
        g_assert_cmpmem(g_bytes_get_data(hello, NULL), g_bytes_get_size(hello), "hello tls", 9);
        big = ask(session, fixture, scheme, FIXTURE_BIG, NULL, &status);
        g_assert_cmpuint(status, ==, 200);
        g_assert_cmpmem(g_bytes_get_data(big, NULL), g_bytes_get_size(big), fixture->big,
                        FIXTURE_BIG_BYTES);
        part = ask(session, fixture, scheme, FIXTURE_BIG, "bytes=100-70000", &status);
        g_assert_cmpuint(status, ==, 206);
        g_assert_cmpmem(g_bytes_get_data(part, NULL), g_bytes_get_size(part), fixture->big + 100,
                        69901);
    }
}

static void
post_body(Fixture *fixture, const char *scheme)
{
    g_autoptr(SoupSession) session = soup_session_new();
    g_autofree char *uri =
        g_strdup_printf("%s://127.0.0.1:%u/echo", scheme, http_server_get_port(fixture->server));
    g_autoptr(SoupMessage) message = soup_message_new("POST", uri);
    g_autoptr(GBytes) sent = g_bytes_new(fixture->big, 900000);
    g_autoptr(GBytes) body = NULL;
    g_autoptr(GError) error = NULL;

    g_signal_connect(message, "accept-certificate", G_CALLBACK(accept_any), NULL);
    soup_message_set_request_body_from_bytes(message, "application/octet-stream", sent);
    body = soup_session_send_and_read(session, message, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(body, sent));
}

static void
test_libsoup_client_plain(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});

    fetch_everything(fixture, "http");
    post_body(fixture, "http");
}

static void
test_tls(void)
{
    Identity identity;
    Fixture *fixture;

    make_identity(&identity);
    fixture = fixture_new(
        (HttpServerConfig){.certificate_file = identity.certificate, .key_file = identity.key});
    fetch_everything(fixture, "https");
    post_body(fixture, "https");
    fixture_free(fixture);
    clear_identity(&identity);
}

static void
test_plain_bytes_on_a_tls_port(void)
{
    Identity identity;
    Fixture *fixture;
    int silent, plain;

    make_identity(&identity);
    fixture = fixture_new((HttpServerConfig){.certificate_file = identity.certificate,
                                             .key_file = identity.key,
                                             .head_timeout_ms = 200});
    silent = client_connect(fixture);
    plain = client_connect(fixture);
    client_send(plain, "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    g_assert_true(client_receive(plain, FALSE) == NULL);
    g_assert_true(client_sees_end(silent)); // the handshake has a deadline
    close(silent);
    close(plain);
    fixture_free(fixture);
    clear_identity(&identity);
}

static void
test_bad_certificate(void)
{
    g_autoptr(Fixture) fixture = fixture_new((HttpServerConfig){0});
    HttpServerConfig config = {.address = "127.0.0.1", .certificate_file = "/nonexistent.pem"};
    g_autoptr(GError) error = NULL;

    g_assert_null(http_server_new(&config, fixture->router, fixture->bundles, fixture, &error));
    g_assert_nonnull(strstr(error->message, "/nonexistent.pem"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/http/tls/libsoup-client-plain", test_libsoup_client_plain);
    g_test_add_func("/http/tls/tls", test_tls);
    g_test_add_func("/http/tls/plain-bytes-on-a-tls-port", test_plain_bytes_on_a_tls_port);
    g_test_add_func("/http/tls/bad-certificate", test_bad_certificate);
    return g_test_run();
}
