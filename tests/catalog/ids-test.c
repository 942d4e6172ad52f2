// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// UUIDv7 identifiers: layout, order in time, and refusal of everything that is not one.
#include "catalog/ids.h"

static void
test_layout(void)
{
    g_autofree char *id = catalog_ids_new(0x0123456789ab);
    g_assert_true(catalog_ids_is_valid(id));
    g_assert_true(g_str_has_prefix(id, "01234567-89ab-7"));
}

static void
test_order_follows_time(void)
{
    g_autofree char *earlier = catalog_ids_new(1700000000000);
    g_autofree char *later = catalog_ids_new(1700000000001);
    g_assert_cmpstr(earlier, <, later);
}

static void
test_refuses_hostile_text(void)
{
    g_assert_false(catalog_ids_is_valid(NULL));
    g_assert_false(catalog_ids_is_valid(""));
    g_assert_false(catalog_ids_is_valid("../../../../../../../../etc/passwd.."));
    g_assert_false(catalog_ids_is_valid("01234567-89AB-7000-8000-000000000000"));
    g_assert_false(catalog_ids_is_valid("01234567-89ab-4000-8000-000000000000"));
    g_assert_true(catalog_ids_is_valid("01234567-89ab-7000-8000-000000000000"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalog/ids/layout", test_layout);
    g_test_add_func("/catalog/ids/order-follows-time", test_order_follows_time);
    g_test_add_func("/catalog/ids/refuses-hostile-text", test_refuses_hostile_text);
    return g_test_run();
}
