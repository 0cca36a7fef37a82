package mapping

import (
	"reflect"
	"slices"
	"strings"
)

// imageSizes are the sizes that X keeps of a profile image; "" is the original
// (docs.x.com, "User profile images and banners").
var imageSizes = []string{"", "400x400", "bigger", "mini", "normal"}

// Image returns a converter for [Rule.Convert] that picks a profile image's
// size: "" for the original, "400x400", "bigger" (73 px), "mini" (24 px) or
// "normal" (48 px, which is what X sends). An address without "_normal" right
// before its extension, such as that of some default images, stays as it is. A
// value that is not a string is an error. [New] refuses a rule with any other
// size; such a converter, called by itself, always returns an error.
func Image(size string) func(any) (any, error) {
	if !slices.Contains(imageSizes, size) {
		return noSuchSize
	}
	suffix := size
	if size != "" {
		suffix = "_" + size
	}
	return func(v any) (any, error) {
		address, ok := v.(string)
		if !ok {
			return nil, reason("the value is not an image's address")
		}
		return resize(address, suffix), nil
	}
}

// resize replaces "_normal" before the extension of the file's name, and
// nothing that looks like it elsewhere.
func resize(address, suffix string) string {
	stem := address
	if end := strings.IndexAny(stem, "?#"); end >= 0 {
		stem = stem[:end]
	}
	slash := strings.LastIndexByte(stem, '/')
	if slash < 0 || strings.HasSuffix(stem[:slash], ":/") {
		return address // no file: what follows "https://" is the host
	}
	if dot := strings.LastIndexByte(stem, '.'); dot > slash {
		stem = stem[:dot]
	}
	name, ok := strings.CutSuffix(stem, "_normal")
	if !ok || len(name) <= slash+1 {
		return address
	}
	return name + suffix + address[len(stem):]
}

const errNoSuchSize = reason(`there is no image of this size: use "", "400x400", "bigger", "mini" or "normal" with Image`)

// noSuchSize is what Image returns for a size that X does not have, and how
// New knows of it.
func noSuchSize(any) (any, error) { return nil, errNoSuchSize }

func isNoSuchSize(convert func(any) (any, error)) bool {
	return reflect.ValueOf(convert).Pointer() == reflect.ValueOf(noSuchSize).Pointer()
}
