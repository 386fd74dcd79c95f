#include "tools/analysis/markup.h"

#include "gtest/gtest.h"

namespace hairpin {
namespace {

TEST(EscapeMarkup, WhatXmlKeepsForItself) {
  EXPECT_EQ(EscapeMarkup("a<b> & \"c\\d\"\n\x01é"), "a&lt;b&gt; &amp; &quot;c\\d&quot;??é");
}

}  // namespace
}  // namespace hairpin
