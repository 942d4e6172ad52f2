// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The index of Wang et al. (2004) over windows of 8 × 8 pixels, 4 apart, each weighing the same. A
// pixel is added up once, in its block of 4 × 4; a window is four blocks.
#include "pipelines/encode/ssim.h"

#define BLOCK 4
#define BLOCK_SIDES 2 // of a window, in blocks
// (0.01 × 255)² and (0.03 × 255)²
#define SMALL_1 6.5025
#define SMALL_2 58.5225

typedef struct {
    guint32 sum_a;   // (value)
    guint32 sum_b;   // (value)
    guint32 squares; // (value) of both
    guint32 product; // (value)
} Block;

/* The sums of one row of @count blocks. */
static void
add_up(Block *blocks, guint count, const guint8 *a, int a_stride, const guint8 *b, int b_stride)
{
    for (guint i = 0; i < count; i++) {
        guint32 sum_a = 0, sum_b = 0, squares = 0, product = 0;
        for (int y = 0; y < BLOCK; y++) {
            const guint8 *row_a = a + i * BLOCK + (gssize)y * a_stride;
            const guint8 *row_b = b + i * BLOCK + (gssize)y * b_stride;
            for (int x = 0; x < BLOCK; x++) {
                guint32 va = row_a[x], vb = row_b[x];
                sum_a += va;
                sum_b += vb;
                squares += va * va + vb * vb;
                product += va * vb;
            }
        }
        blocks[i] = (Block){sum_a, sum_b, squares, product};
    }
}

/* The window whose upper blocks begin at @upper, its lower ones at @lower. */
static double
judge_window(const Block *upper, const Block *lower)
{
    double count = BLOCK * BLOCK * BLOCK_SIDES * BLOCK_SIDES;
    double mean_a = (upper[0].sum_a + upper[1].sum_a + lower[0].sum_a + lower[1].sum_a) / count;
    double mean_b = (upper[0].sum_b + upper[1].sum_b + lower[0].sum_b + lower[1].sum_b) / count;
    double squares =
        (upper[0].squares + upper[1].squares + lower[0].squares + lower[1].squares) / count;
    double product =
        (upper[0].product + upper[1].product + lower[0].product + lower[1].product) / count;
    double means = mean_a * mean_b;
    double means_squared = mean_a * mean_a + mean_b * mean_b;
    return (2 * means + SMALL_1) * (2 * (product - means) + SMALL_2) /
           ((means_squared + SMALL_1) * (squares - means_squared + SMALL_2));
}

double
encode_ssim_compare(EncodeSsimPlane a, EncodeSsimPlane b, guint width, guint height)
{
    guint columns = width / BLOCK, rows = height / BLOCK;
    if (columns < BLOCK_SIDES || rows < BLOCK_SIDES)
        return 1.0;
    g_autofree Block *sums = g_new(Block, (gsize)columns * 2);
    Block *upper = sums, *lower = sums + columns;
    double sum = 0;
    for (guint row = 0; row < rows; row++) {
        gsize y = (gsize)row * BLOCK;
        add_up(lower, columns, a.data + y * (gsize)a.stride, a.stride, b.data + y * (gsize)b.stride,
               b.stride);
        for (guint i = 0; row > 0 && i + 1 < columns; i++)
            sum += judge_window(upper + i, lower + i);
        Block *swapped = upper;
        upper = lower;
        lower = swapped;
    }
    return sum / ((double)(columns - 1) * (rows - 1));
}
