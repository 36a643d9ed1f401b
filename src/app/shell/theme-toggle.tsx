import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { AutoIcon, MoonIcon, SunIcon } from "../ui/icons.tsx";

const schemes: readonly {
  readonly key: MantineColorScheme;
  readonly label: string;
  readonly icon: ReactNode;
}[] = [
  { key: "light", label: "Light", icon: <SunIcon /> },
  { key: "dark", label: "Dark", icon: <MoonIcon /> },
  { key: "auto", label: "As the system", icon: <AutoIcon /> },
];

export function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const current = schemes.find(({ key }) => key === colorScheme) ?? schemes[2]!;
  return (
    <Menu width={170}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          color="gray"
          size={30}
          aria-label={`Theme: ${current.label.toLowerCase()}`}
        >
          {current.icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ key, label, icon }) => (
          <Menu.Item
            key={key}
            role="menuitemradio"
            aria-checked={key === colorScheme}
            leftSection={icon}
            fw={key === colorScheme ? 650 : 400}
            onClick={() => setColorScheme(key)}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
