// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Upload-Metadata, one pair at a time. glib's base64 decoder skips what it does not know, so the
// alphabet and the padding (RFC 4648 §4) are checked before it is asked.
#include "server/api/uploads_metadata.h"

#include <string.h>

typedef struct {
    char *name;                     // (owned) (nullable): Uppy's second word for the file name
    FlowsReceiveMetadata *metadata; // (owned)
} Pairs;

static gboolean
is_base64(const char *text)
{
    gsize length = strlen(text);
    gsize padding = 0;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    for (gsize i = 0; i < length - padding; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '+' && text[i] != '/')
            return FALSE;
    }
    return length % 4 == 0;
}

/* Returns: (transfer full) (nullable): the decoded text; NULL when it holds a NUL or is no base64.
 */
static char *
decode_value(const char *value)
{
    if (!is_base64(value))
        return NULL;
    gsize length = 0;
    g_autofree guchar *bytes = g_base64_decode(value, &length);
    if (memchr(bytes, '\0', length) != NULL)
        return NULL;
    return g_strndup((const char *)bytes, length);
}

static gboolean
is_key(const char *key)
{
    for (const char *at = key; *at != '\0'; at++) {
        if (!g_ascii_isgraph(*at))
            return FALSE;
    }
    return *key != '\0';
}

/* Returns: (nullable): where the value of @key belongs; NULL for a key of no interest. */
static char **
find_slot(Pairs *pairs, const char *key)
{
    const struct {
        const char *key; // as sent
        char **slot;     // where it goes
    } slots[] = {
        {"filename", &pairs->metadata->filename},
        {"title", &pairs->metadata->title},
        {"description", &pairs->metadata->description},
        {"language", &pairs->metadata->language},
        {"name", &pairs->name},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++) {
        if (g_ascii_strcasecmp(key, slots[i].key) == 0)
            return slots[i].slot;
    }
    return NULL;
}

static FlowsReceiveMetadataVerdict
take_pair(Pairs *pairs, char *pair)
{
    g_strstrip(pair);
    char *space = strchr(pair, ' ');
    const char *value = "";
    if (space != NULL) {
        *space = '\0';
        value = g_strstrip(space + 1);
    }
    if (!is_key(pair))
        return FLOWS_RECEIVE_METADATA_MALFORMED;
    char **slot = find_slot(pairs, pair);
    if (slot == NULL)
        return is_base64(value) ? FLOWS_RECEIVE_METADATA_FINE : FLOWS_RECEIVE_METADATA_MALFORMED;
    if (*slot != NULL)
        return FLOWS_RECEIVE_METADATA_MALFORMED;
    *slot = decode_value(value);
    if (*slot == NULL)
        return is_base64(value) ? FLOWS_RECEIVE_METADATA_NOT_TEXT
                                : FLOWS_RECEIVE_METADATA_MALFORMED;
    return FLOWS_RECEIVE_METADATA_FINE;
}

static FlowsReceiveMetadataVerdict
take_pairs(Pairs *pairs, const char *header)
{
    g_auto(GStrv) parts = g_strsplit(header, ",", API_UPLOADS_METADATA_PAIRS + 1);
    if (g_strv_length(parts) > API_UPLOADS_METADATA_PAIRS)
        return FLOWS_RECEIVE_METADATA_MALFORMED;
    FlowsReceiveMetadataVerdict verdict = FLOWS_RECEIVE_METADATA_FINE;
    for (gsize i = 0; parts[i] != NULL && verdict == FLOWS_RECEIVE_METADATA_FINE; i++)
        verdict = take_pair(pairs, parts[i]);
    if (verdict == FLOWS_RECEIVE_METADATA_FINE && pairs->metadata->filename == NULL)
        pairs->metadata->filename = g_steal_pointer(&pairs->name);
    return verdict;
}

FlowsReceiveMetadata *
api_uploads_metadata_parse(const char *header, FlowsReceiveMetadataVerdict *verdict)
{
    g_autoptr(FlowsReceiveMetadata) metadata = flows_receive_metadata_new();
    Pairs pairs = {NULL, metadata};
    *verdict = FLOWS_RECEIVE_METADATA_FINE;
    if (header != NULL && *header != '\0')
        *verdict = take_pairs(&pairs, header);
    g_free(pairs.name);
    if (*verdict == FLOWS_RECEIVE_METADATA_FINE)
        *verdict = flows_receive_metadata_check(metadata);
    return *verdict == FLOWS_RECEIVE_METADATA_FINE ? g_steal_pointer(&metadata) : NULL;
}
