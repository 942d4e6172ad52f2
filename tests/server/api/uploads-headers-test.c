// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sizes, Upload-Checksum, Upload-Concat, dates.
#include "server/api/uploads_headers.h"

#define ID_A "01890000-0000-7000-8000-00000000000a"
#define ID_B "01890000-0000-7000-8000-00000000000b"

static void
test_sizes(void)
{
    static const char *const wrong[] = {"",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "0x1",
                                        "1.0",
                                        "1e",
                                        "9223372036854775808",
                                        "99999999999999999999"};
    gint64 bytes = 7;
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(api_uploads_headers_parse_size(wrong[i], &bytes));
    g_assert_cmpint(bytes, ==, 7);
    g_assert_true(api_uploads_headers_parse_size("9223372036854775807", &bytes));
    g_assert_cmpint(bytes, ==, G_MAXINT64);
    g_assert_true(api_uploads_headers_parse_size("0", &bytes));
    g_assert_cmpint(bytes, ==, 0);
}

static void
test_checksums(void)
{
    static const char *const wrong[] = {
        "",
        "sha1",
        "sha1 ",
        "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu",
        "sha1 Kq5sNclPz7QV2+lfQIuc6R7oR!0=",
        "sha512 AAAA",
        "crc32 AAAAAAA=",
        "md5 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        "sha1  Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
    };
    ApiUploadsChecksum checksum = {0};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_test_message("%s", wrong[i]);
        g_assert_false(api_uploads_headers_parse_checksum(wrong[i], &checksum));
    }
    g_assert_true(
        api_uploads_headers_parse_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", &checksum));
    g_assert_cmpint(checksum.algorithm, ==, FLOWS_RECEIVE_DIGEST_SHA1);
    g_assert_cmphex(checksum.sum[0], ==, 0x2a);
    g_assert_true(api_uploads_headers_parse_checksum("CRC32 y/Q5Jg==", &checksum));
    g_assert_cmpint(checksum.algorithm, ==, FLOWS_RECEIVE_DIGEST_CRC32);
}

static void
test_digests_of_123456789(void)
{
    static const struct {
        FlowsReceiveDigestAlgorithm algorithm; // of the sum
        const char *hex;                       // published check values
    } known[] = {
        {FLOWS_RECEIVE_DIGEST_CRC32, "cbf43926"},
        {FLOWS_RECEIVE_DIGEST_MD5, "25f9e794323b453885f5181f1b624d0b"},
        {FLOWS_RECEIVE_DIGEST_SHA1, "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
        {FLOWS_RECEIVE_DIGEST_SHA256,
         "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        g_autoptr(FlowsReceiveDigest) digest = flows_receive_digest_new(known[i].algorithm);
        flows_receive_digest_add(digest, (const guint8 *)"1234", 4);
        g_autoptr(FlowsReceiveDigest) fork = flows_receive_digest_copy(digest);
        flows_receive_digest_add(digest, (const guint8 *)"x", 1);
        flows_receive_digest_add(fork, (const guint8 *)"56789", 5);
        g_autofree char *hex = flows_receive_digest_to_hex(fork);
        g_assert_cmpstr(hex, ==, known[i].hex);
        g_assert_cmpint(flows_receive_digest_get_bytes(fork), ==, 9);
    }
}

static void
test_concat(void)
{
    static const char *const wrong[] = {
        "",
        "final",
        "final;",
        "final; ",
        "partial ",
        "Partial",
        "final;/api/v1/uploads/x",
        "final;" ID_A " " ID_A,
        "final;x" ID_A,
        "final;/a/" ID_A "x",
        "final;../" ID_A "/..",
    };
    CatalogUploadKind kind = CATALOG_UPLOAD_KIND_WHOLE;
    g_auto(GStrv) parts = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_test_message("%s", wrong[i]);
        g_assert_false(api_uploads_headers_parse_concat(wrong[i], &kind, &parts));
    }
    g_assert_true(api_uploads_headers_parse_concat(NULL, &kind, &parts));
    g_assert_cmpint(kind, ==, CATALOG_UPLOAD_KIND_WHOLE);
    g_assert_true(api_uploads_headers_parse_concat("partial", &kind, &parts));
    g_assert_cmpint(kind, ==, CATALOG_UPLOAD_KIND_PARTIAL);
    g_assert_true(api_uploads_headers_parse_concat("final;https://x.example/api/v1/uploads/" ID_B
                                                   "  /api/v1/uploads/" ID_A "/?a=b",
                                                   &kind, &parts));
    g_assert_cmpint(kind, ==, CATALOG_UPLOAD_KIND_FINAL);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_assert_cmpstr(parts[0], ==, ID_B);
    g_assert_cmpstr(parts[1], ==, ID_A);
}

static void
test_dates(void)
{
    g_autofree char *date = api_uploads_headers_format_date(784111777999);
    g_assert_cmpstr(date, ==, "Sun, 06 Nov 1994 08:49:37 GMT");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/api/uploads-headers/sizes", test_sizes);
    g_test_add_func("/server/api/uploads-headers/checksums", test_checksums);
    g_test_add_func("/server/api/uploads-headers/digests", test_digests_of_123456789);
    g_test_add_func("/server/api/uploads-headers/concat", test_concat);
    g_test_add_func("/server/api/uploads-headers/dates", test_dates);
    return g_test_run();
}
