package mapping

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// imageSizes are the sizes that X keeps of a profile image; "" is the original
// (https://docs.x.com, "User profile images and banners").
var imageSizes = []string{"", "400x400", "bigger", "mini", "normal"}

// Image returns a converter for [Rule.Convert] that picks a profile image's
// size: "" for the original, "400x400", "bigger" (73 px), "mini" (24 px) or
// "normal" (48 px, which is what X sends). An address without "_normal" at its
// end, such as that of a default image, stays as it is. New refuses any other
// size.
func Image(size string) func(any) (any, error) {
	if !slices.Contains(imageSizes, size) {
		return unknownSize(size)
	}
	suffix := size
	if size != "" {
		suffix = "_" + size
	}
	return func(v any) (any, error) {
		address, ok := v.(string)
		if !ok {
			return nil, errors.New("not an image's address")
		}
		return resize(address, suffix), nil
	}
}

// resize replaces "_normal" before the extension of the file's name, and
// nothing that looks like it elsewhere.
func resize(address, suffix string) string {
	end := len(address)
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		end = i
	}
	stem := address[:end]
	if dot := strings.LastIndexByte(stem, '.'); dot > strings.LastIndexByte(stem, '/') {
		stem = stem[:dot]
	}
	name, ok := strings.CutSuffix(stem, "_normal")
	if !ok || strings.HasSuffix(name, "/") {
		return address
	}
	return name + suffix + address[len(stem):]
}

func unknownSize(size string) func(any) (any, error) {
	return func(any) (any, error) {
		return nil, fmt.Errorf("there is no image size %q: use \"\", 400x400, bigger, mini or normal", size)
	}
}

// sizeFault returns the error of a converter that Image made for a size which
// does not exist. Such converters share their code, by which New knows them.
func sizeFault(convert func(any) (any, error)) error {
	if convert == nil || reflect.ValueOf(convert).Pointer() != reflect.ValueOf(unknownSize("")).Pointer() {
		return nil
	}
	_, err := convert(nil)
	return err
}
