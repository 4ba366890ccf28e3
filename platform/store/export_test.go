package store

import "context"

// OpenWith is Open on another database/sql driver.
func OpenWith(ctx context.Context, driver, path string) (*Store, error) {
	return openWith(ctx, driver, path)
}
