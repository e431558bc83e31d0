// SPDX-License-Identifier: Apache-2.0

package inet256

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// contractCase is what every client of a daemon does, in every language.
type contractCase struct {
	name string
	run  func(*harness)
}

// contract has every case of test/contract/client/cases.json that Go can have, by its group.
var contract = map[string][]contractCase{
	"opening":      openingCases,
	"sending":      sendingCases,
	"receiving":    receivingCases,
	"sharing":      sharingCases,
	"ending":       endingCases,
	"lookups":      lookupCases,
	"misuse":       misuseCases,
	"reconnecting": reconnectingCases,
}

func TestContract(t *testing.T) {
	for group, cases := range contract {
		for _, c := range cases {
			t.Run(group+"/"+c.name, func(t *testing.T) { c.run(newHarness(t)) })
		}
	}
}

func TestContractIsTheOneOfAllLanguages(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "test", "contract", "client", "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Cases map[string][]struct {
			Name  string
			NotIn map[string]string
		}
	}
	if err := json.Unmarshal(content, &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Cases) != len(contract) {
		t.Errorf("%d groups, expected %d", len(contract), len(list.Cases))
	}
	for group, wanted := range list.Cases {
		var names, have []string
		for _, c := range wanted {
			if c.NotIn["go"] == "" {
				names = append(names, c.Name)
			}
		}
		for _, c := range contract[group] {
			have = append(have, c.name)
		}
		if !slices.Equal(have, names) {
			t.Errorf("%s: the cases are\n%q, expected\n%q", group, have, names)
		}
	}
}
