// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Upload-Metadata: what clients really send, and what nobody should.
#include "server/api/uploads_metadata.h"

#include <string.h>

typedef struct {
    const char *header;                  // as it comes
    FlowsReceiveMetadataVerdict verdict; // what is to be said of it
    const char *filename;                // (nullable): expected
    const char *title;                   // (nullable): expected
} Golden;

static const Golden goldens[] = {
    {NULL, FLOWS_RECEIVE_METADATA_FINE, NULL, NULL},
    {"", FLOWS_RECEIVE_METADATA_FINE, NULL, NULL},
    {"filename bGVzc29uLm1wNA==", FLOWS_RECEIVE_METADATA_FINE, "lesson.mp4", "lesson"},
    {"filename bGVzc29uLm1wNA==,title 4LmA4Lio4Lip4Liq4LmI4Lin4LiZ", FLOWS_RECEIVE_METADATA_FINE,
     "lesson.mp4", "เศษส่วน"},
    {" title  YQ== , filename Yg== ", FLOWS_RECEIVE_METADATA_FINE, "b", "a"},
    {"title", FLOWS_RECEIVE_METADATA_FINE, NULL, NULL},
    {"title ,filename YS5tcDQ=", FLOWS_RECEIVE_METADATA_FINE, "a.mp4", "a"},
    {"name YS5tcDQ=,type dmlkZW8vbXA0,relativePath bnVsbA==", FLOWS_RECEIVE_METADATA_FINE, "a.mp4",
     "a"},
    {"name eC5tcDQ=,filename YS5tcDQ=", FLOWS_RECEIVE_METADATA_FINE, "a.mp4", "a"},
    {"filename Li4vLi4vZXRjL3Bhc3N3ZA==", FLOWS_RECEIVE_METADATA_FINE, "passwd", "passwd"},
    {"filename QzpcdmlkZW9cYS5tcDQ=", FLOWS_RECEIVE_METADATA_FINE, "a.mp4", "a"},
    {"title YQpiDWM=", FLOWS_RECEIVE_METADATA_FINE, NULL, "a b c"},
    {"title YQ==,title Yg==", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {"title YQ", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {"title Y!==", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {"other %%%%", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {",title YQ==", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {"title YQ==,", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {"t\303\251 YQ==", FLOWS_RECEIVE_METADATA_MALFORMED, NULL, NULL},
    {"title YQBi", FLOWS_RECEIVE_METADATA_NOT_TEXT, NULL, NULL},
    {"title /w==", FLOWS_RECEIVE_METADATA_NOT_TEXT, NULL, NULL},
    {"language dGg=", FLOWS_RECEIVE_METADATA_FINE, NULL, NULL},
    {"language ZW4tR0I=", FLOWS_RECEIVE_METADATA_FINE, NULL, NULL},
    {"language dGhhaSE=", FLOWS_RECEIVE_METADATA_BAD_LANGUAGE, NULL, NULL},
    {"language LQ==", FLOWS_RECEIVE_METADATA_BAD_LANGUAGE, NULL, NULL},
};

static void
test_goldens(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(goldens); i++) {
        FlowsReceiveMetadataVerdict verdict;
        g_autoptr(FlowsReceiveMetadata) metadata =
            api_uploads_metadata_parse(goldens[i].header, &verdict);
        g_test_message("%s", goldens[i].header);
        g_assert_cmpint(verdict, ==, goldens[i].verdict);
        g_assert_true((metadata != NULL) == (verdict == FLOWS_RECEIVE_METADATA_FINE));
        if (metadata == NULL)
            continue;
        g_assert_cmpstr(metadata->filename, ==, goldens[i].filename);
        g_assert_cmpstr(metadata->title, ==, goldens[i].title);
    }
}

static FlowsReceiveMetadataVerdict
judge_long(const char *key, gsize characters)
{
    g_autofree char *text = g_strnfill(characters, 'x');
    g_autofree char *value = g_base64_encode((const guchar *)text, characters);
    g_autofree char *header = g_strconcat(key, " ", value, NULL);
    FlowsReceiveMetadataVerdict verdict;
    g_autoptr(FlowsReceiveMetadata) metadata = api_uploads_metadata_parse(header, &verdict);
    return verdict;
}

static void
test_limits_refuse_and_never_shorten(void)
{
    g_assert_cmpint(judge_long("title", 1000), ==, FLOWS_RECEIVE_METADATA_FINE);
    g_assert_cmpint(judge_long("title", 1001), ==, FLOWS_RECEIVE_METADATA_TITLE_TOO_LONG);
    g_assert_cmpint(judge_long("description", 20000), ==, FLOWS_RECEIVE_METADATA_FINE);
    g_assert_cmpint(judge_long("description", 20001), ==,
                    FLOWS_RECEIVE_METADATA_DESCRIPTION_TOO_LONG);
    g_assert_cmpint(judge_long("filename", 1024), ==, FLOWS_RECEIVE_METADATA_FINE);
    g_assert_cmpint(judge_long("filename", 1025), ==, FLOWS_RECEIVE_METADATA_FILENAME_TOO_LONG);
}

static void
test_many_pairs(void)
{
    g_autoptr(GString) header = g_string_new("k0 YQ==");
    for (int i = 1; i < API_UPLOADS_METADATA_PAIRS; i++)
        g_string_append_printf(header, ",k%d YQ==", i);
    FlowsReceiveMetadataVerdict verdict;
    g_autoptr(FlowsReceiveMetadata) fine = api_uploads_metadata_parse(header->str, &verdict);
    g_assert_cmpint(verdict, ==, FLOWS_RECEIVE_METADATA_FINE);
    g_string_append(header, ",more YQ==");
    g_assert_null(api_uploads_metadata_parse(header->str, &verdict));
    g_assert_cmpint(verdict, ==, FLOWS_RECEIVE_METADATA_MALFORMED);
}

static void
test_description_keeps_its_lines(void)
{
    FlowsReceiveMetadataVerdict verdict;
    g_autoptr(FlowsReceiveMetadata) metadata =
        api_uploads_metadata_parse("description YQpiBWM=", &verdict);
    g_assert_cmpstr(metadata->description, ==, "a\nb c");
}

static void
test_long_name_gives_a_short_title(void)
{
    g_autoptr(FlowsReceiveMetadata) metadata = flows_receive_metadata_new();
    GString *name = g_string_new(NULL);
    for (int i = 0; i < 340; i++)
        g_string_append(name, "ก");
    metadata->filename = g_string_free(name, FALSE);
    g_assert_cmpint(flows_receive_metadata_check(metadata), ==, FLOWS_RECEIVE_METADATA_FINE);
    g_assert_cmpuint(strlen(metadata->title), ==, 999);
    g_assert_true(g_utf8_validate(metadata->title, -1, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/api/uploads-metadata/goldens", test_goldens);
    g_test_add_func("/server/api/uploads-metadata/limits", test_limits_refuse_and_never_shorten);
    g_test_add_func("/server/api/uploads-metadata/many-pairs", test_many_pairs);
    g_test_add_func("/server/api/uploads-metadata/description", test_description_keeps_its_lines);
    g_test_add_func("/server/api/uploads-metadata/long-name", test_long_name_gives_a_short_title);
    return g_test_run();
}
